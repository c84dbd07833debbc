using System.Globalization;
using System.Security.Claims;
using Pikku.Akka;

namespace PikkuApp._1.Security;

/// <summary>Who uses a connection. Functions get it from their <see cref="PikkuContext"/>.</summary>
public record UserSession(string UserId) : IPikkuSession
{
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The expiry of the token. The client renews the session before it; otherwise the server closes the connection.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public bool HasRole(string role) => Roles.Contains(role);

    /// <summary>Creates the session from the claims of a token. A token without a subject is that of a guest.</summary>
    public static UserSession? From(ClaimsPrincipal user) => user.FindFirstValue("sub") is not { Length: > 0 } id ? null : new UserSession(id)
    {
        Roles = [.. user.FindAll("role").Select(role => role.Value)],
        ExpiresAt = long.TryParse(user.FindFirstValue("exp"), CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
    };
}
