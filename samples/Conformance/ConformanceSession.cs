using System.Security.Claims;
using System.Text.Json.Serialization;
using Pikku.Akka;

namespace Conformance;

/// <summary>Who is signed in. Clients see it in replies, so what is absent is left out there.</summary>
public sealed record ConformanceSession(
    string UserId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Scopes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Readonly = null) : IPikkuSession
{
    // Explicit, so that JSON shows the members above and nothing that the gates alone need.
    IReadOnlyCollection<string> IPikkuSession.Scopes => Scopes ?? [];

    bool IPikkuSession.IsReadonly => Readonly == true;

    /// <summary>The session of a bearer token: its subject, and no session without one.</summary>
    public static ConformanceSession? FromPrincipal(ClaimsPrincipal principal) =>
        principal.FindFirstValue("sub") is { } user ? new ConformanceSession(user) : null;
}
