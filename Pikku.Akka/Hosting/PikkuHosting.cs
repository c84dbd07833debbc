using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Hosting;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka;

/// <summary>Adds Pikku.Akka to an ASP.NET Core application.</summary>
public static class PikkuHosting
{
    // HTTP/1.1 upgrades with GET (RFC 6455 §4.1), HTTP/2 with an extended CONNECT (RFC 8441 §4).
    private static readonly string[] UpgradeMethods = [HttpMethods.Get, HttpMethods.Connect];

    /// <summary>
    /// Adds channels, functions and the event hub. Every module of an application may call this, in any order with hosted services, authentication and
    /// an actor system of the application; what the modules wire is one wiring. What contradicts stops the start, with the places of both.
    /// </summary>
    /// <remarks>
    /// Settings come from <see cref="PikkuBuilder.AddHocon"/>, <c>pikku.conf</c> beside the application, section <c>Pikku</c> of
    /// <see cref="Microsoft.Extensions.Configuration.IConfiguration"/>, the environment and the command line, the last one strongest. When an
    /// <see cref="global::Akka.Actor.ActorSystem"/> is registered, Pikku runs in it; otherwise it creates its own.
    /// </remarks>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Wires the application, or a module of it.</param>
    /// <param name="file">The file of the call, for problems to name it; the compiler fills it in.</param>
    /// <param name="line">The line of the call.</param>
    public static IServiceCollection AddPikku(
        this IServiceCollection services, Action<PikkuBuilder> configure, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(AddPikku(services, file, line));
        return services;
    }

    /// <summary>As <see cref="AddPikku(IServiceCollection, Action{PikkuBuilder}, string, int)"/>, for wiring by the returned builder.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="file">The file of the call, for problems to name it; the compiler fills it in.</param>
    /// <param name="line">The line of the call.</param>
    /// <returns>The wiring of the whole application.</returns>
    public static PikkuBuilder AddPikku(this IServiceCollection services, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(services);
        var wiring = services.Select(service => service.ImplementationInstance).OfType<PikkuBuilder>().FirstOrDefault();
        if (wiring is null)
            services.AddNode(wiring = new PikkuBuilder(services));
        return wiring.BeginModule();
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
        // Resolved at the first upgrade and not here: both start the actor system of the application, if it has one, and commands map routes, too.
        var services = endpoints.ServiceProvider;
        var handler = new Lazy<UpgradeHandler>(services.GetRequiredService<UpgradeHandler>);
        var channels = new Lazy<IReadOnlyList<ChannelEndpoint>>(services.GetRequiredService<IReadOnlyList<ChannelEndpoint>>);
        // A group knows the endpoints in it without its prefix.
        if (endpoints is not RouteGroupBuilder)
            endpoints.ServiceProvider.GetRequiredService<ChannelAddresses>().Add(endpoints);
        foreach (var (index, channel) in plan.Channels.Index())
            group.MapMethods(channel.Route, UpgradeMethods, Pipeline(endpoints, context => handler.Value.HandleAsync(context, channels.Value[index])))
                .WithMetadata(new ChannelRouteMetadata(channel.Name))
                .WithDisplayName($"channel {channel.Name}");

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
}
