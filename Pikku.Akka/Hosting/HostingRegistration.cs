using System.Diagnostics.Metrics;
using Akka.Actor;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.EventStreams;
using Pikku.Akka.Functions;
using Pikku.Akka.Inspection;
using Pikku.Akka.Requests;
using Pikku.Akka.Settings;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka.Hosting;

/// <summary>Registers the services of a node. Each floor registers its own services, and this floor adds the services that connect them.</summary>
internal static class HostingRegistration
{
    public static IServiceCollection AddNode(this IServiceCollection services, PikkuBuilder wiring) => services
        .AddSingleton(wiring)
        .AddPlan()
        .AddDiagnostics()
        .AddFunctions()
        .AddEventHub()
        .AddChannels(provider => provider.GetRequiredService<SharedSessions>())
        .AddNodeConnections()
        .AddCluster()
        .AddInspection()
        .AddRequests()
        .AddWebSockets()
        .AddEventStreams()
        .AddHosting();

    private static IServiceCollection AddPlan(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton<PikkuPlan>()
            .AddSingleton<IReadOnlyList<CompiledChannel>>(provider => provider.GetRequiredService<PikkuPlan>().Channels)
            .AddSingleton(NewSettings);
    }

    /// <summary>
    /// Resolves the settings of the node. A service that needs them is about to run, so an invalid plan throws here, before an actor system is created. An actor
    /// system of the application is prepared for Pikku here, because it determines the cluster.
    /// </summary>
    private static PikkuSettings NewSettings(IServiceProvider provider)
    {
        var plan = provider.GetRequiredService<PikkuPlan>();
        plan.ThrowIfInvalid();
        return plan.OwnsActorSystem
            ? plan.Settings
            : ApplicationActorSystem.Prepare(provider.GetRequiredService<ActorSystem>(), plan, provider.GetRequiredService<PikkuLog>());
    }

    private static IServiceCollection AddHosting(this IServiceCollection services)
    {
        // An actor system that the application registers is used instead, no matter whether it is registered before or after this one.
        services.TryAddSingleton(PikkuActorSystem.Factory);
        services.AddQueryTokens();
        services.AddSingleton<SocketScheduling>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ChannelMatcherPolicy>());
        services.AddSingleton<PikkuReadiness>();
        services.AddHealthChecks().AddCheck<PikkuReadiness>("pikku", tags: ["ready"]);
        return services
            .AddSingleton<ChannelAddresses>()
            .AddSingleton(provider => new NodeMetrics(provider.GetRequiredService<IMeterFactory>().Create(PikkuMetrics.MeterName)))
            .AddSingleton<PikkuCluster>(provider => new PikkuCluster(
                provider.GetRequiredService<ClusterClient>(), provider.GetRequiredService<HubLinks>(), provider.GetRequiredService<ClientCalls>(),
                provider.GetRequiredService<NodeRequestHandler>(), provider.GetRequiredService<Isolation>(), provider.GetRequiredService<ClusterMetrics>(),
                provider.GetSettings().Cluster.IsOn ? provider.GetService<IPikkuNodeDiscovery>() : null, provider.GetWiring().Json))
            .AddSingleton<PikkuApp>(provider => new PikkuApp(
                provider.GetSettings(), provider.GetRequiredService<IReadOnlyList<ChannelEndpoint>>(),
                provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<ActorEventHub>(),
                provider.GetRequiredService<HubClient>(), provider.GetRequiredService<DeclaredTopics>(), provider.GetRequiredService<HubMetrics>(),
                provider.GetRequiredService<PikkuCluster>(),
                provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<BackgroundTasks>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IStartupFilter, UpgradeBoundFilter>() // the outermost filter
            .AddSingleton<IStartupFilter, PikkuStartupFilter>()
            .AddHostedService(NewLifetime);
    }

    // The host constructs all hosted services before it starts the first one. The first service that uses the hub can therefore start the node.
    private static PikkuLifetime NewLifetime(IServiceProvider provider)
    {
        var lifetime = ActivatorUtilities.CreateInstance<PikkuLifetime>(provider);
        provider.GetRequiredService<HubClient>().Starter = lifetime.StartOnceAsync;
        ObserveNode(provider);
        return lifetime;
    }

    private static void ObserveNode(IServiceProvider provider)
    {
        var (readiness, client, settings) = (provider.GetRequiredService<PikkuReadiness>(), provider.GetRequiredService<ClusterClient>(), provider.GetSettings());
        provider.GetRequiredService<NodeMetrics>().Observe(() => readiness.IsReady, () => 1 + client.Health.Count, settings.History.MaxMemory);
    }

    // Wraps the factory of request contexts that is already registered. A host that is configured later does not replace a registered factory.
    private static void AddQueryTokens(this IServiceCollection services)
    {
        var previous = services.LastOrDefault(service => service.ServiceType == typeof(IHttpContextFactory) && !service.IsKeyedService);
        services.AddSingleton<IHttpContextFactory>(provider => new QueryTokenContextFactory(
            previous switch
            {
                { ImplementationInstance: IHttpContextFactory instance } => instance,
                { ImplementationFactory: { } factory } => (IHttpContextFactory)factory(provider),
                _ => (IHttpContextFactory)ActivatorUtilities.CreateInstance(provider, previous?.ImplementationType ?? typeof(DefaultHttpContextFactory)),
            },
            provider.GetSettings().Upgrade));
    }
}
