using System.Globalization;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Pikku.Akka.Host.Security;

/// <summary>Who a connection belongs to.</summary>
/// <param name="UserId">The user.</param>
internal sealed record UserSession(string UserId) : IPikkuSession
{
    /// <summary>When the token ends that it was made from; a password has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The session of a token; null when the token names nobody.</summary>
    public static UserSession? From(ClaimsPrincipal principal) =>
        principal.FindFirstValue(JwtRegisteredClaimNames.Sub) is { Length: > 0 } user
            ? new UserSession(user) { ExpiresAt = Expiry(principal) }
            : null;

    private static DateTimeOffset? Expiry(ClaimsPrincipal principal) =>
        long.TryParse(principal.FindFirstValue(JwtRegisteredClaimNames.Exp), CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
