using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Hosting;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka;

/// <summary>Adds Pikku.Akka to an ASP.NET Core application.</summary>
public static class PikkuHosting
{
    // HTTP/1.1 upgrades with GET (RFC 6455 §4.1), HTTP/2 with an extended CONNECT (RFC 8441 §4).
    private static readonly string[] UpgradeMethods = [HttpMethods.Get, HttpMethods.Connect];

    /// <summary>
    /// Adds channels, functions and the event hub. Settings come from <c>pikku.conf</c> beside the application, from
    /// <see cref="PikkuBuilder.Configure"/>, and from environment and command line, the last one strongest. Every module of an application may
    /// call it: what they say is one wiring, and what contradicts is told with the other mistakes, with the places of both.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Says what the application, or a module of it, consists of.</param>
    /// <param name="file">The file of the call, for mistakes to name it; the compiler fills it in.</param>
    /// <param name="line">The line of the call.</param>
    public static IServiceCollection AddPikku(
        this IServiceCollection services, Action<PikkuBuilder> configure, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var app = services.Select(service => service.ImplementationInstance).OfType<PikkuBuilder>().FirstOrDefault();
        var isFirst = app is null;
        app ??= new PikkuBuilder();
        app.Begin(Place(file, line));
        configure(app);
        if (!isFirst)
            return services;

        services.AddSingleton(app);
        AddSettings(services);
        AddFloors(services);
        AddCluster(services);
        AddNode(services);
        services.AddAkka("pikku", Configure);
        return services;
    }

    /// <summary>
    /// Maps the routes of all channels, of whatever module; once. When wiring or settings have mistakes it maps none, and the start fails before anything listens, with
    /// a <see cref="PikkuWiringException"/> or <see cref="PikkuConfigurationException"/>; until then
    /// commands (<c>RunPikkuAsync</c> of the package Pikku.Akka.Tools) may tell of them.
    /// </summary>
    /// <remarks>
    /// In a group (<c>app.MapGroup("/api").MapPikku()</c>) its prefix is part of the address that generated clients and the AsyncAPI document
    /// have. A channel has one address: mapping it under a second one stops the start. A path base (<c>UsePathBase</c>) is no part of it; it
    /// belongs to the address that a client is given.
    /// </remarks>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <exception cref="InvalidOperationException">AddPikku has not been called.</exception>
    public static IEndpointConventionBuilder MapPikku(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var plan = PikkuPlan.Of(endpoints.ServiceProvider, nameof(MapPikku));
        plan.Map();
        var group = endpoints.MapGroup("");
        if (plan.SettingsMistakes().Count > 0 || plan.WiringMistakes().Count > 0)
            return group;
        var app = endpoints.ServiceProvider.GetRequiredService<PikkuApp>();
        // A group knows the endpoints in it without its prefix.
        if (endpoints is not RouteGroupBuilder)
            endpoints.ServiceProvider.GetRequiredService<ChannelAddresses>().Add(endpoints);
        foreach (var channel in app.Channels)
        {
            var handler = endpoints.ServiceProvider.GetRequiredService<UpgradeHandler>();
            group.MapMethods(channel.Definition.Route, UpgradeMethods, Pipeline(endpoints, context => handler.HandleAsync(context, channel)))
                .WithMetadata(new ChannelRouteMetadata(channel.Definition.Name))
                .WithDisplayName($"channel {channel.Definition.Name}");
        }

        return group;
    }

    /// <summary>
    /// Maps the operator's view of the cluster: its nodes, what they hold, and how far the lanes between them have come. As JSON, and as a
    /// page for browsers.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">Where.</param>
    /// <param name="localOnly">
    /// True to answer requests from this machine alone, others with 403. Behind a proxy on the same machine all seem to come from there:
    /// require authorization instead.
    /// </param>
    public static IEndpointConventionBuilder MapPikkuCluster(this IEndpointRouteBuilder endpoints, string pattern = "/cluster", bool localOnly = true)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        _ = PikkuPlan.Of(endpoints.ServiceProvider, nameof(MapPikkuCluster));
        // Not before it is asked: with mistakes in the settings there is no view, and it is the start that tells of them.
        return endpoints.MapGet(pattern, context => ClusterPage.WriteAsync(
            context, context.RequestServices.GetRequiredService<ClusterView>(), localOnly)).WithDisplayName("cluster");
    }

    private static void Configure(AkkaConfigurationBuilder akka, IServiceProvider provider)
    {
        // Not only the start asks for this, but already the mapping of health checks. With mistakes there will be no actors.
        if (provider.GetRequiredService<PikkuPlan>().SettingsMistakes().Count > 0)
            return;
        akka
            .ConfigureLoggers(loggers =>
            {
                // Brings the factory of loggers along; the logger itself is ours.
                loggers.AddLoggerFactory();
                loggers.ClearLoggers();
                loggers.AddLogger<AkkaLog>();
            })
            .AddHocon(provider.GetRequiredService<Config>(), HoconAddMode.Prepend)
            .AddHocon(ShutdownPhase(Settings(provider)), HoconAddMode.Append)
            .AddHocon(Settings(provider).Cluster.IsOn ? ClusterDefaults.Config : Config.Empty, HoconAddMode.Append);
    }

    // Akka gives up a phase of its shutdown after 5 s, and goes on to stop the actors that drain.
    private static Config ShutdownPhase(PikkuSettings settings) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $"akka.coordinated-shutdown.phases.service-requests-done.timeout = {PikkuLifetime.LongestDrain(settings).TotalMilliseconds + 1000}ms"));

    // The handshake is ASP.NET Core's; it stands here, so that the application need not call UseWebSockets.
    private static RequestDelegate Pipeline(IEndpointRouteBuilder endpoints, RequestDelegate handler)
    {
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.Use(next => context =>
        {
            TransportFeatures.Install(context);
            return next(context);
        });
        pipeline.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        pipeline.Run(handler);
        return pipeline.Build();
    }

    private static void AddSettings(IServiceCollection services)
    {
        services.AddSingleton<PikkuPlan>();
        services.AddSingleton(provider => provider.GetRequiredService<PikkuPlan>().Config);
        services.AddSingleton(provider => provider.GetRequiredService<PikkuPlan>().Settings);
        services.TryAddSingleton(TimeProvider.System);
        HideQueryTokens(services);
    }

    // Around whatever makes contexts already; a host that is set up later leaves what it finds.
    private static void HideQueryTokens(IServiceCollection services)
    {
        var before = services.LastOrDefault(service => service.ServiceType == typeof(IHttpContextFactory) && !service.IsKeyedService);
        services.AddSingleton<IHttpContextFactory>(provider => new QueryTokenContextFactory(before switch
        {
            { ImplementationInstance: IHttpContextFactory instance } => instance,
            { ImplementationFactory: { } factory } => (IHttpContextFactory)factory(provider),
            _ => (IHttpContextFactory)ActivatorUtilities.CreateInstance(provider, before?.ImplementationType ?? typeof(DefaultHttpContextFactory)),
        }));
    }

    private static void AddFloors(IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<PikkuLog>();
        services.AddSingleton<PikkuMetrics>();
        services.AddSingleton(provider => new HubMetrics(provider.GetRequiredService<IMeterFactory>().Create(PikkuMetrics.MeterName)));
        services.TryAddSingleton(NewSessionStore);
        services.AddSingleton(provider => new SessionOpener(
            provider.GetRequiredService<ISessionStore>(), App(provider).SessionFromPrincipal, App(provider).MergeSessions, App(provider).Json,
            provider.GetRequiredService<TimeProvider>()));

        services.AddSingleton<ConnectionDirectory>();
        services.AddSingleton<DrainState>();
        services.AddSingleton(provider => new HubClient(
            Settings(provider).EventHub, provider.GetRequiredService<TimeProvider>(), admitsWhenOpen: !Settings(provider).Cluster.IsOn));
        services.AddSingleton(provider => new ActorEventHub(
            provider.GetRequiredService<HubClient>(), Settings(provider).EventHub, provider.GetRequiredService<ConnectionDirectory>(),
            App(provider).Json, provider.GetRequiredService<HubMetrics>(), provider.GetRequiredService<ClusterClient>(),
            new DeclaredTopics(App(provider).Channels.SelectMany(channel => channel.Topics))));
        services.AddSingleton<IEventHub>(provider => provider.GetRequiredService<ActorEventHub>());
    }

    private static ISessionStore NewSessionStore(IServiceProvider provider)
    {
        var settings = Settings(provider);
        return settings.Cluster.IsOn
            ? new DistributedSessionStore(
                System(provider), provider.GetRequiredService<ClusterClient>(), settings.Session, settings.Cluster, App(provider).Json,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<PikkuLog>())
            : new MemorySessionStore(settings.Session.StoreCapacity, settings.Session.StoreLifetime, provider.GetRequiredService<TimeProvider>());
    }

    private static void AddCluster(IServiceCollection services)
    {
        services.AddSingleton(provider => new ClusterMetrics(provider.GetRequiredService<IMeterFactory>().Create(PikkuMetrics.MeterName)));
        services.AddSingleton<ClusterClient>();
        services.AddSingleton<HubLinks>();
        services.AddSingleton<PresenceIndex>();
        services.AddSingleton(provider => new LocalPresence(
            provider.GetRequiredService<PresenceIndex>(), provider.GetRequiredService<ConnectionDirectory>(), Settings(provider).EventHub,
            Settings(provider).Limits));
        services.AddSingleton(provider => new NodeReporter(
            System(provider), Settings(provider).Cluster, provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<DrainState>(),
            provider.GetRequiredService<HubMetrics>(), provider.GetRequiredService<HubLinks>(), provider.GetRequiredService<PresenceIndex>()));
        services.AddSingleton<NodeRequestHandler>();
        services.AddSingleton(provider => new ClusterView(
            System(provider), Settings(provider).Cluster, provider.GetRequiredService<ClusterClient>(), provider.GetRequiredService<NodeReporter>()));
        services.AddSingleton(provider => new SharedSessions(
            provider.GetRequiredService<ISessionStore>(), provider.GetRequiredService<NodeRequestHandler>(), provider.GetRequiredService<ClusterClient>(),
            Settings(provider).Session, provider.GetRequiredService<PikkuLog>()));
        services.AddSingleton(provider => new PikkuCluster(
            provider.GetRequiredService<ClusterClient>(), provider.GetRequiredService<HubLinks>(), provider.GetRequiredService<NodeRequestHandler>(),
            provider.GetRequiredService<PresenceIndex>(), provider.GetRequiredService<LocalPresence>(), provider.GetRequiredService<ClusterMetrics>(),
            App(provider).Json));

        services.AddSingleton<IPikkuChannels>(provider => new ClusterChannels(
            provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<ClusterClient>(), Settings(provider).EventHub,
            App(provider).Json));
        services.AddSingleton<IPikkuUsers>(provider => new ClusterUsers(
            provider.GetRequiredService<ActorEventHub>(), provider.GetRequiredService<SharedSessions>(), Settings(provider).Session,
            provider.GetRequiredService<PikkuPlan>().Channels, provider.GetRequiredService<HubClient>()));
        services.AddSingleton<IPikkuPresence>(provider => new ClusterPresence(
            provider.GetRequiredService<PresenceIndex>(), provider.GetRequiredService<LocalPresence>(), provider.GetRequiredService<ClusterClient>(),
            Settings(provider).EventHub, App(provider).Json));
    }

    // Not before it is needed: what only looks at the wiring must not open a port or join a cluster.
    private static Func<ActorSystem> System(IServiceProvider provider) => provider.GetRequiredService<ActorSystem>;

    private static void AddNode(IServiceCollection services)
    {
        services.AddSingleton(provider => new InputOptions(App(provider).Json));
        services.AddSingleton<OpeningDataBinder>();
        services.AddSingleton(provider => new ErrorMap(App(provider).Errors, Settings(provider).DetailedErrors));
        services.AddSingleton<ChannelAddresses>();
        services.AddSingleton<PikkuApp>(provider => new PikkuApp(
            Settings(provider), Channels(provider), provider.GetRequiredService<ConnectionDirectory>(),
            provider.GetRequiredService<ActorEventHub>(), provider.GetRequiredService<HubClient>(), provider.GetRequiredService<HubMetrics>(),
            provider.GetRequiredService<PikkuCluster>(), provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ConnectionLimits(Settings(provider).Limits, provider.GetRequiredService<PikkuLog>()));
        services.AddSingleton<SocketSession>();
        services.AddSingleton<TokenLifetime>();
        services.AddSingleton<UpgradeHandler>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ChannelMatcherPolicy>());
        services.AddSingleton<IStartupFilter, UpgradeBoundFilter>(); // around everything else
        services.AddSingleton<IStartupFilter, PikkuStartupFilter>();
        services.AddHostedService(NewLifetime);
        services.AddHealthChecks().AddCheck<PikkuReadiness>("pikku", tags: ["ready"]);
    }

    // Hosted services are made before the first of them is started, so whichever uses the hub first can have it started.
    private static PikkuLifetime NewLifetime(IServiceProvider provider)
    {
        var lifetime = ActivatorUtilities.CreateInstance<PikkuLifetime>(provider);
        provider.GetRequiredService<HubClient>().Starter = lifetime.StartOnce;
        return lifetime;
    }

    private static ChannelEndpoint[] Channels(IServiceProvider provider) =>
        [.. provider.GetRequiredService<PikkuPlan>().Channels.Select(channel => new ChannelEndpoint(
            channel, Settings(provider), App(provider).Json, provider.GetRequiredService<ErrorMap>(),
            provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<ActorEventHub>(),
            provider.GetRequiredService<SharedSessions>(), provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<PikkuMetrics>(),
            provider.GetRequiredService<TimeProvider>()))];

    private static PikkuBuilder App(IServiceProvider provider) => provider.GetRequiredService<PikkuBuilder>().Freeze();

    // Without its folder, which is that of the machine on which it was built.
    private static string Place(string file, int line) =>
        string.Create(CultureInfo.InvariantCulture, $"{file[(file.LastIndexOfAny(['/', '\\']) + 1)..]}:{line}");

    private static PikkuSettings Settings(IServiceProvider provider) => provider.GetRequiredService<PikkuSettings>();
}
