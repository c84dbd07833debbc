using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.EventHub;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>Registers the services that track the connections of this node.</summary>
internal static class ConnectionRegistration
{
    public static IServiceCollection AddNodeConnections(this IServiceCollection services) => services
        .AddSingleton<ConnectionDirectory>()
        .AddSingleton<ISubscriberDirectory>(provider => provider.GetRequiredService<ConnectionDirectory>())
        .AddSingleton<DrainState>()
        .AddSingleton(provider => new Authorizations(provider.GetRequiredService<ConnectionDirectory>(), provider.GetSettings().EventHub))
        .AddSingleton(NewSessionOpener);

    private static SessionOpener NewSessionOpener(IServiceProvider provider)
    {
        var wiring = provider.GetWiring();
        return new SessionOpener(
            provider.GetRequiredService<IPikkuSessionStore>(), wiring.SessionFromPrincipal, wiring.MergeSessions, wiring.Json,
            provider.GetRequiredService<TimeProvider>());
    }
}
