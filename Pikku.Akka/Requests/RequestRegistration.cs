using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Requests;

/// <summary>Registers the services that turn requests into connections.</summary>
internal static class RequestRegistration
{
    public static IServiceCollection AddRequests(this IServiceCollection services) => services
        .AddSingleton(provider => new ConnectionLimits(
            provider.GetSettings().Limits, provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new RefusedOrigins(
            provider.GetSettings().Upgrade, provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<TokenLifetime>()
        .AddSingleton<TokenAuthenticators>()
        .AddSingleton<RequestChecks>()
        .AddSingleton<ConnectionSession>();
}
