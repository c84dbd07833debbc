using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Requests;

/// <summary>
/// Determines when the accepted token expires, and the clock skew that authentication allows after that. A session that ends with its token uses the same rule:
/// otherwise a client would be accepted and disconnected in an endless loop.
/// </summary>
internal sealed class TokenLifetime(IServiceProvider services, IAuthenticationSchemeProvider? schemes = null)
{
    private const string Expiry = "exp"; // RFC 7519 §4.1.4

    public async ValueTask<TokenEnd?> OfAsync(ClaimsPrincipal principal, AuthenticateResult? result)
    {
        if ((result?.Properties?.ExpiresUtc ?? OfClaim(principal)) is not { } end)
            return null;
        var scheme = result?.Ticket?.AuthenticationScheme is { } name && schemes is not null ? await schemes.GetSchemeAsync(name) : null;
        return new TokenEnd(end, scheme is null ? TimeSpan.Zero : SkewOf(scheme));
    }

    private static DateTimeOffset? OfClaim(ClaimsPrincipal principal) =>
        long.TryParse(principal.FindFirstValue(Expiry), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    // By reflection, because the options of bearer schemes are in packages that the application may not reference.
    private TimeSpan SkewOf(AuthenticationScheme scheme)
    {
        if (OptionsOf(scheme) is not { } options || Property(options, "TokenValidationParameters") is not { } validation)
            return TimeSpan.Zero;
        // A custom LifetimeValidator may ignore the clock skew, so no skew is assumed then.
        return Property(validation, "LifetimeValidator") is null && Property(validation, "ClockSkew") is TimeSpan skew && skew > TimeSpan.Zero
            ? skew
            : TimeSpan.Zero;
    }

    private object? OptionsOf(AuthenticationScheme scheme)
    {
        for (var type = scheme.HandlerType; type is not null; type = type.BaseType)
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(AuthenticationHandler<>))
            {
                var monitor = typeof(IOptionsMonitor<>).MakeGenericType(type.GenericTypeArguments);
                return services.GetService(monitor) is { } options
                    ? monitor.GetMethod(nameof(IOptionsMonitor<>.Get))!.Invoke(options, [scheme.Name])
                    : null;
            }

        return null;
    }

    private static object? Property(object of, string name) => of.GetType().GetProperty(name)?.GetValue(of);
}
