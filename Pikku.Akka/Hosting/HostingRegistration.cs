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
using Pikku.Akka.Functions;
using Pikku.Akka.Settings;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka.Hosting;

/// <summary>Registers a whole node: every floor registers its own services, and this one what holds them together.</summary>
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
        .AddWebSockets()
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
    /// The settings of the node. Whoever resolves them is about to run something, so an invalid plan ends here, before there is an actor system;
    /// an actor system of the application is prepared for Pikku on this occasion, because it decides about the cluster.
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
        // An actor system that the application registers is used instead, whether it is registered before or after this one.
        services.TryAddSingleton(OwnActorSystem.Factory);
        services.AddQueryTokens();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ChannelMatcherPolicy>());
        services.AddHealthChecks().AddCheck<PikkuReadiness>("pikku", tags: ["ready"]);
        return services
            .AddSingleton<ChannelAddresses>()
            .AddSingleton<PikkuCluster>(provider => new PikkuCluster(
                provider.GetRequiredService<ClusterClient>(), provider.GetRequiredService<HubLinks>(), provider.GetRequiredService<NodeRequestHandler>(),
                provider.GetRequiredService<PresenceIndex>(), provider.GetRequiredService<LocalPresence>(), provider.GetRequiredService<ClusterMetrics>(),
                provider.GetWiring().Json))
            .AddSingleton<PikkuApp>(provider => new PikkuApp(
                provider.GetSettings(), provider.GetRequiredService<IReadOnlyList<ChannelEndpoint>>(),
                provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<ActorEventHub>(),
                provider.GetRequiredService<HubClient>(), provider.GetRequiredService<HubMetrics>(), provider.GetRequiredService<PikkuCluster>(),
                provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IStartupFilter, UpgradeBoundFilter>() // around everything else
            .AddSingleton<IStartupFilter, PikkuStartupFilter>()
            .AddHostedService(NewLifetime);
    }

    // Hosted services are all constructed before the first one is started. So whichever service uses the hub first can have the node started.
    private static PikkuLifetime NewLifetime(IServiceProvider provider)
    {
        var lifetime = ActivatorUtilities.CreateInstance<PikkuLifetime>(provider);
        provider.GetRequiredService<HubClient>().Starter = lifetime.StartOnceAsync;
        return lifetime;
    }

    // Wraps whatever creates the contexts of requests already; a host that is configured later does not replace what is registered.
    private static void AddQueryTokens(this IServiceCollection services)
    {
        var before = services.LastOrDefault(service => service.ServiceType == typeof(IHttpContextFactory) && !service.IsKeyedService);
        services.AddSingleton<IHttpContextFactory>(provider => new QueryTokenContextFactory(
            before switch
            {
                { ImplementationInstance: IHttpContextFactory instance } => instance,
                { ImplementationFactory: { } factory } => (IHttpContextFactory)factory(provider),
                _ => (IHttpContextFactory)ActivatorUtilities.CreateInstance(provider, before?.ImplementationType ?? typeof(DefaultHttpContextFactory)),
            },
            provider.GetSettings().Upgrade));
    }
}
