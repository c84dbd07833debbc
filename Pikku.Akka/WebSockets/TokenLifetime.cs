using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// When the token that authentication accepted ends, and for how long after that it would still accept it. A session that ends with its token
/// ends by the same rule: otherwise a client is let in and put out at once, for ever.
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

    // By name: the options of bearer schemes are in packages that an application need not have.
    private TimeSpan SkewOf(AuthenticationScheme scheme)
    {
        if (OptionsOf(scheme) is not { } options || Property(options, "TokenValidationParameters") is not { } validation)
            return TimeSpan.Zero;
        // Who has a rule of its own for the lifetime may apply the skew or not.
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
