using System.Diagnostics.Metrics;
using Akka.Actor;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Registers the services that connect this node with other nodes, and the services for operations across nodes. A node without a cluster uses the same types.</summary>
internal static class ClusterRegistration
{
    /// <summary>Creates the session store of an application that registers none.</summary>
    public static Func<IServiceProvider, IPikkuSessionStore> SessionStoreFactory { get; } = NewSessionStore;

    public static IServiceCollection AddCluster(this IServiceCollection services)
    {
        services.TryAddSingleton(SessionStoreFactory);
        return services
            .AddSingleton<ClusterClient>()
            .AddSingleton<IRemoteSubscriptions>(provider => provider.GetRequiredService<ClusterClient>())
            .AddSingleton(provider => new ClusterMetrics(provider.GetRequiredService<IMeterFactory>().Create(PikkuMetrics.MeterName)))
            .AddSingleton<HubLinks>()
            .AddSingleton<MessageReceivers>()
            .AddSingleton(NewLocalPresence)
            .AddSingleton(NewStanding)
            .AddSingleton(NewIsolation)
            .AddSingleton(NewReporter)
            .AddSingleton<AccessReviews>()
            .AddSingleton<NodeRequestHandler>()
            .AddSingleton(NewClientCalls)
            .AddSingleton<EveryNode>()
            .AddSingleton<ISubscriptionAuthorizer>(provider => provider.GetRequiredService<EveryNode>())
            .AddSingleton(NewView)
            .AddSingleton(NewSharedSessions)
            .AddSingleton(NewChannels)
            .AddSingleton(NewUsers)
            .AddSingleton(NewPresence)
            .AddSingleton(NewState)
            .AddSingleton(NewRequestStore);
    }

    private static RequestStore NewRequestStore(IServiceProvider provider) => new(
        provider.GetRequiredService<HubClient>(), provider.GetSettings().EventHub, provider.GetSettings().Api, provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<PikkuLog>());

    private static IPikkuSessionStore NewSessionStore(IServiceProvider provider)
    {
        var (settings, wiring) = (provider.GetSettings(), provider.GetWiring());
        if (wiring.SessionCachePlace is not null)
            return NewCachedSessionStore(provider, settings, wiring);
        return settings.Cluster.IsOn
            ? new ReplicatedSessionStore(
                provider.GetRequiredService<HubClient>(), settings.Session, settings.EventHub, wiring.Json, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<SessionMetrics>(), provider.GetRequiredService<BackgroundTasks>())
            : new MemorySessionStore(settings.Session.StoreCapacity, settings.Session.StoreLifetime, provider.GetRequiredService<TimeProvider>());
    }

    private static CachedSessionStore NewCachedSessionStore(IServiceProvider provider, PikkuSettings settings, PikkuBuilder wiring)
    {
        var (cache, log) = (provider.GetRequiredService<IDistributedCache>(), provider.GetRequiredService<PikkuLog>());
        if (settings.Cluster.IsOn && cache is MemoryDistributedCache)
            log.Warning(
                $"{nameof(PikkuBuilder.UseDistributedCacheSessionStore)} in {wiring.SessionCachePlace} stores sessions in the memory of each node, which the other nodes of the cluster do not see. "
                + "Register a cache that all nodes share, such as AddStackExchangeRedisCache, or remove the call: the default store of a cluster is on all nodes.");
        return new CachedSessionStore(
            cache, new SessionCacheOptions(settings.Session.CacheKeyPrefix, settings.Session.StoreLifetime, settings.Session.CacheTimeout), wiring.Json,
            provider.GetRequiredService<TimeProvider>(), log, provider.GetRequiredService<SessionMetrics>(), provider.GetRequiredService<BackgroundTasks>());
    }

    private static LocalPresence NewLocalPresence(IServiceProvider provider) =>
        new(provider.GetRequiredService<ActorEventHub>(), provider.GetSettings().Limits);

    private static ClusterStanding NewStanding(IServiceProvider provider) => new(
        provider.GetSettings().Cluster, provider.GetRequiredService<HubLinks>(), provider.GetRequiredService<ClusterClient>(),
        provider.GetRequiredService<MembershipLease>());

    private static Isolation NewIsolation(IServiceProvider provider) => new(
        provider.GetRequiredService<MembershipLease>(), provider.GetRequiredService<ConnectionDirectory>(), provider.GetSettings().Shutdown,
        provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<ClusterMetrics>());

    private static NodeReporter NewReporter(IServiceProvider provider) => new(
        System(provider), provider.GetSettings().Cluster, provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<DrainState>(),
        provider.GetRequiredService<HubMetrics>(), provider.GetRequiredService<HubLinks>(), provider.GetRequiredService<HubClient>().Entries,
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
        provider.GetRequiredService<HubClient>().Entries, provider.GetRequiredService<LocalPresence>(), provider.GetRequiredService<ClusterClient>(),
        provider.GetSettings().EventHub, provider.GetWiring().Json);

    private static IPikkuState NewState(IServiceProvider provider) => new ReplicatedState(
        provider.GetRequiredService<ActorEventHub>(), provider.GetRequiredService<HubClient>(), provider.GetSettings().Limits, provider.GetWiring().Json);

    // The actor system is resolved when it is first used: a command that only reads the wiring must not open a port or join a cluster.
    private static Func<ActorSystem> System(IServiceProvider provider) => provider.GetRequiredService<ActorSystem>;
}
