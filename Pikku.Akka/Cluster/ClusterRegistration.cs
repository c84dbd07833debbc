using System.Diagnostics.Metrics;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Registers the services that connect this node with other nodes, and the services for operations across nodes. A node without a cluster uses the same types.</summary>
internal static class ClusterRegistration
{
    public static IServiceCollection AddCluster(this IServiceCollection services)
    {
        services.TryAddSingleton(NewSessionStore);
        return services
            .AddSingleton<ClusterClient>()
            .AddSingleton<IRemoteSubscriptions>(provider => provider.GetRequiredService<ClusterClient>())
            .AddSingleton(provider => new ClusterMetrics(provider.GetRequiredService<IMeterFactory>().Create(PikkuMetrics.MeterName)))
            .AddSingleton<HubLinks>()
            .AddSingleton<MessageReceivers>()
            .AddSingleton<PresenceIndex>()
            .AddSingleton(NewLocalPresence)
            .AddSingleton(NewStanding)
            .AddSingleton(NewIsolation)
            .AddSingleton(NewReporter)
            .AddSingleton<NodeRequestHandler>()
            .AddSingleton(NewClientCalls)
            .AddSingleton<EveryNode>()
            .AddSingleton<ISubscriptionAuthorizer>(provider => provider.GetRequiredService<EveryNode>())
            .AddSingleton(NewView)
            .AddSingleton(NewSharedSessions)
            .AddSingleton(NewChannels)
            .AddSingleton(NewUsers)
            .AddSingleton(NewPresence);
    }

    private static IPikkuSessionStore NewSessionStore(IServiceProvider provider)
    {
        var settings = provider.GetSettings();
        return settings.Cluster.IsOn
            ? new DistributedSessionStore(
                System(provider), provider.GetRequiredService<ClusterClient>(), settings.Session, settings.Cluster, provider.GetWiring().Json,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<BackgroundTasks>())
            : new MemorySessionStore(settings.Session.StoreCapacity, settings.Session.StoreLifetime, provider.GetRequiredService<TimeProvider>());
    }

    private static LocalPresence NewLocalPresence(IServiceProvider provider) => new(
        provider.GetRequiredService<PresenceIndex>(), provider.GetRequiredService<ConnectionDirectory>(), provider.GetSettings().EventHub,
        provider.GetSettings().Limits);

    private static ClusterStanding NewStanding(IServiceProvider provider) => new(
        provider.GetSettings().Cluster, provider.GetRequiredService<HubLinks>(), provider.GetRequiredService<ClusterClient>(),
        provider.GetRequiredService<MembershipLease>());

    private static Isolation NewIsolation(IServiceProvider provider) => new(
        provider.GetRequiredService<MembershipLease>(), provider.GetRequiredService<ConnectionDirectory>(), provider.GetSettings().Shutdown,
        provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<ClusterMetrics>());

    private static NodeReporter NewReporter(IServiceProvider provider) => new(
        System(provider), provider.GetSettings().Cluster, provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<DrainState>(),
        provider.GetRequiredService<HubMetrics>(), provider.GetRequiredService<HubLinks>(), provider.GetRequiredService<PresenceIndex>(),
        provider.GetRequiredService<ClusterStanding>());

    private static ClusterView NewView(IServiceProvider provider) => new(
        System(provider), provider.GetSettings().Cluster, provider.GetRequiredService<ClusterClient>(), provider.GetRequiredService<NodeReporter>());

    private static SharedSessions NewSharedSessions(IServiceProvider provider) => new(
        provider.GetRequiredService<IPikkuSessionStore>(), provider.GetRequiredService<NodeRequestHandler>(), provider.GetRequiredService<ClusterClient>(),
        provider.GetSettings().Session, provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<BackgroundTasks>());

    private static IPikkuChannels NewChannels(IServiceProvider provider) => new ClusterChannels(
        provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<ClusterClient>(),
        provider.GetRequiredService<MessageReceivers>(), provider.GetSettings().EventHub, provider.GetWiring().Json, provider.GetRequiredService<HubClient>(),
        provider.GetRequiredService<ClientCalls>());

    private static IPikkuUsers NewUsers(IServiceProvider provider) => new ClusterUsers(
        provider.GetRequiredService<ActorEventHub>(), provider.GetRequiredService<SharedSessions>(), provider.GetSettings(),
        provider.GetRequiredService<MessageReceivers>(), provider.GetRequiredService<IReadOnlyList<CompiledChannel>>(), provider.GetRequiredService<HubClient>(),
        provider.GetRequiredService<ClientCalls>(), provider.GetRequiredService<EveryNode>());

    private static ClientCalls NewClientCalls(IServiceProvider provider) => new(
        provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<ClusterClient>(), provider.GetRequiredService<IReadOnlyList<CompiledChannel>>(),
        provider.GetSettings(), provider.GetWiring().Json, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<BackgroundTasks>());

    private static IPikkuPresence NewPresence(IServiceProvider provider) => new ClusterPresence(
        provider.GetRequiredService<PresenceIndex>(), provider.GetRequiredService<LocalPresence>(), provider.GetRequiredService<ClusterClient>(),
        provider.GetSettings().EventHub, provider.GetWiring().Json);

    // The actor system is resolved when it is first used: a command that only reads the wiring must not open a port or join a cluster.
    private static Func<ActorSystem> System(IServiceProvider provider) => provider.GetRequiredService<ActorSystem>;
}
