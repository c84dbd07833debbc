using System.Globalization;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Pikku.Akka.Host.Security;

/// <summary>The session of a user.</summary>
/// <param name="UserId">The user.</param>
internal sealed record UserSession(string UserId) : IPikkuSession
{
    /// <summary>The expiry of the token that began the session; null for a session that a password began.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Returns the session of a token; null if the token has no subject.</summary>
    public static UserSession? From(ClaimsPrincipal principal) =>
        principal.FindFirstValue(JwtRegisteredClaimNames.Sub) is { Length: > 0 } user
            ? new UserSession(user) { ExpiresAt = Expiry(principal) }
            : null;

    private static DateTimeOffset? Expiry(ClaimsPrincipal principal) =>
        long.TryParse(principal.FindFirstValue(JwtRegisteredClaimNames.Exp), CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
