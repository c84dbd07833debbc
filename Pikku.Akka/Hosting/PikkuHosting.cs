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
    /// Adds channels, functions and the event hub. Each module of an application may call this method, in any order relative to hosted services, authentication
    /// and an actor system of the application. All calls add to the same wiring. If two calls conflict, the application does not start, and the exception
    /// contains the file and line of both.
    /// </summary>
    /// <remarks>
    /// Settings come from <see cref="PikkuBuilder.AddHocon"/>, <c>pikku.conf</c> beside the application, section <c>Pikku</c> of
    /// <see cref="Microsoft.Extensions.Configuration.IConfiguration"/>, the environment and the command line. A later source overrides the earlier ones. If the
    /// application registers an <see cref="global::Akka.Actor.ActorSystem"/>, Pikku runs in it; otherwise Pikku creates one.
    /// </remarks>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Wires the application or a module of it.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public static IServiceCollection AddPikku(
        this IServiceCollection services, Action<PikkuBuilder> configure, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(AddPikku(services, file, line));
        return services;
    }

    /// <summary>
    /// Adds channels, functions and the event hub like <see cref="AddPikku(IServiceCollection, Action{PikkuBuilder}, string, int)"/>, and returns the builder.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    /// <returns>The builder, which all calls share.</returns>
    public static PikkuBuilder AddPikku(this IServiceCollection services, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(services);
        var wiring = services.Select(service => service.ImplementationInstance).OfType<PikkuBuilder>().FirstOrDefault();
        if (wiring is null)
            services.AddNode(wiring = new PikkuBuilder(services));
        return wiring.BeginModule();
    }

    /// <summary>
    /// Maps the routes of the channels of all modules. Call it once. If the wiring or the settings are invalid, it maps no route, and the application does not
    /// start: the start throws a <see cref="PikkuWiringException"/> or a <see cref="PikkuConfigurationException"/> before the server listens. Commands
    /// (<c>RunPikkuAsync</c> of the package Pikku.Akka.Tools) can still print the problems.
    /// </summary>
    /// <remarks>
    /// The prefix of a group (<c>app.MapGroup("/api").MapPikku()</c>) is part of the address in generated clients and in the AsyncAPI document. A channel has one
    /// address: the application does not start if a channel is mapped at a second one. A path base (<c>UsePathBase</c>) is not part of the address; it belongs
    /// to the base URL of a client.
    /// </remarks>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <exception cref="InvalidOperationException">AddPikku has not been called.</exception>
    public static IEndpointConventionBuilder MapPikku(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var plan = PikkuPlan.Of(endpoints.ServiceProvider, nameof(MapPikku));
        plan.MarkMapped();
        var group = endpoints.MapGroup("");
        if (plan.SettingsProblems().Count > 0 || plan.WiringProblems().Count > 0)
            return group;
        // Both are resolved at the first upgrade and not here: resolving them starts the actor system, and commands map routes as well without starting anything.
        var services = endpoints.ServiceProvider;
        var handler = new Lazy<UpgradeHandler>(services.GetRequiredService<UpgradeHandler>);
        var channels = new Lazy<IReadOnlyList<ChannelEndpoint>>(services.GetRequiredService<IReadOnlyList<ChannelEndpoint>>);
        // A group provides its endpoints without its prefix, so groups are not added.
        if (endpoints is not RouteGroupBuilder)
            endpoints.ServiceProvider.GetRequiredService<ChannelAddresses>().Add(endpoints);
        foreach (var (index, channel) in plan.Channels.Index())
            group.MapMethods(channel.Route, UpgradeMethods, Pipeline(endpoints, context => handler.Value.HandleAsync(context, channels.Value[index])))
                .WithMetadata(new ChannelRouteMetadata(channel.Name))
                .WithDisplayName($"channel {channel.Name}");

        return group;
    }

    /// <summary>
    /// Maps a report of the cluster for operators: its nodes, their connections, topics and subscriptions, and the state of the lanes between them. The report is
    /// JSON, and a page for browsers.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route of the report.</param>
    /// <param name="localOnly">
    /// True to answer only requests from the same machine, and all others with 403. Behind a proxy on the same machine all requests are local, so require
    /// authorization instead.
    /// </param>
    public static IEndpointConventionBuilder MapPikkuCluster(this IEndpointRouteBuilder endpoints, string pattern = "/cluster", bool localOnly = true)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        _ = PikkuPlan.Of(endpoints.ServiceProvider, nameof(MapPikkuCluster));
        // The view is resolved when it is requested: with invalid settings it can't be created, and the start reports the problems.
        return endpoints.MapGet(pattern, context => ClusterPage.WriteAsync(
            context, context.RequestServices.GetRequiredService<ClusterView>(), localOnly)).WithDisplayName("cluster");
    }

    // ASP.NET Core performs the handshake. It is added here, so that the application does not have to call UseWebSockets.
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
