using System.Security.Claims;
using System.Text.Json.Serialization;
using Pikku.Akka;

namespace Conformance;

/// <summary>The session of a user. Replies contain it, so absent members are omitted in JSON.</summary>
public sealed record ConformanceSession(
    string UserId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Scopes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Readonly = null) : IPikkuSession
{
    // An explicit implementation keeps this member out of the JSON; only authorization reads it.
    IReadOnlyCollection<string> IPikkuSession.Scopes => Scopes ?? [];

    bool IPikkuSession.IsReadOnly => Readonly == true;

    /// <summary>Creates a session from the subject of a bearer token; null if there is no subject.</summary>
    public static ConformanceSession? FromPrincipal(ClaimsPrincipal principal) =>
        principal.FindFirstValue("sub") is { } user ? new ConformanceSession(user) : null;
}
