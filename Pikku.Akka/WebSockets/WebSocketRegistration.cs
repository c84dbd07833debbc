using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>Registers the services that upgrade requests to connections.</summary>
internal static class WebSocketRegistration
{
    public static IServiceCollection AddWebSockets(this IServiceCollection services) => services
        .AddSingleton(provider => new ConnectionLimits(provider.GetSettings().Limits, provider.GetRequiredService<PikkuLog>()))
        .AddSingleton<SocketSession>()
        .AddSingleton<TokenLifetime>()
        .AddSingleton<TokenAuthenticators>()
        .AddSingleton<UpgradeHandler>();
}
