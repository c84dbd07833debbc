using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.WebSockets;

/// <summary>Registers the services that upgrade requests to connections.</summary>
internal static class WebSocketRegistration
{
    public static IServiceCollection AddWebSockets(this IServiceCollection services) => services
        .AddSingleton<DeflateNegotiation>()
        .AddSingleton<SocketSession>()
        .AddSingleton<UpgradeHandler>();
}
