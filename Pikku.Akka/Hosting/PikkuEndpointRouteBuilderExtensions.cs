using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Hosting;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka;

/// <summary>Maps the channels and pages of Pikku.Akka to the endpoints of an application.</summary>
public static class PikkuEndpointRouteBuilderExtensions
{
    // HTTP/1.1 upgrades with GET (RFC 6455 §4.1), HTTP/2 with an extended CONNECT (RFC 8441 §4).
    internal static readonly string[] UpgradeMethods = [HttpMethods.Get, HttpMethods.Connect];

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
    /// <returns>
    /// Takes conventions for the upgrade requests of all channels: with <c>RequireAuthorization("staff")</c>, a refused client is answered with 401 or 403 and gets no
    /// connection. A <see cref="ChannelBuilder"/> takes them for one channel.
    /// </returns>
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
        var streams = new EventStreamEndpoints(services);
        // A group provides its endpoints without its prefix, so groups are not added.
        if (endpoints is not RouteGroupBuilder)
            endpoints.ServiceProvider.GetRequiredService<ChannelAddresses>().Add(endpoints);
        foreach (var (index, channel) in plan.Channels.Index())
        {
            Add(channel, group
                .MapMethods(channel.Route, UpgradeMethods, Pipeline(endpoints, context => handler.Value.HandleAsync(context, channels.Value[index])))
                .WithMetadata(new ChannelRouteMetadata(channel.Name))
                .WithDisplayName($"channel {channel.Name}"));
            if (channel.HasEventStreams)
                Add(channel, streams.Map(group, channel, () => channels.Value[index]));
        }

        return group;
    }

    /// <summary>
    /// Maps a report of the cluster for operators: its nodes, their connections, topics and subscriptions, and the state of the lanes between them. The report is
    /// JSON, and a page for browsers. Only requests from the same machine are answered, and all others with 403, until the result has <c>RequireAuthorization</c> or
    /// <c>AllowAnonymous</c>. Behind a proxy on the same machine, require authorization.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route of the report.</param>
    public static IEndpointConventionBuilder MapPikkuCluster(this IEndpointRouteBuilder endpoints, string pattern = "/cluster")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        _ = PikkuPlan.Of(endpoints.ServiceProvider, nameof(MapPikkuCluster));
        // The view is resolved when it is requested: with invalid settings it can't be created, and the start reports the problems.
        return endpoints.MapGet(pattern, context => ClusterPage.WriteAsync(
            context, context.RequestServices.GetRequiredService<ClusterView>())).WithDisplayName("cluster");
    }

    private static void Add(CompiledChannel channel, IEndpointConventionBuilder endpoint)
    {
        foreach (var convention in channel.Conventions)
            endpoint.Add(convention);
        foreach (var convention in channel.FinalConventions)
            endpoint.Finally(convention);
        if (!channel.Auth)
            endpoint.Finally(AllowAnonymous);
    }

    // A channel without a session requirement is not subject to a fallback policy. An explicit requirement of the application is kept.
    private static void AllowAnonymous(EndpointBuilder endpoint)
    {
        if (!endpoint.Metadata.Any(metadata => metadata is IAuthorizeData or AuthorizationPolicy))
            endpoint.Metadata.Add(new AllowAnonymousAttribute());
    }

    // ASP.NET Core performs the handshake. It is added here, so that the application does not have to call UseWebSockets.
    internal static RequestDelegate Pipeline(IEndpointRouteBuilder endpoints, RequestDelegate handler)
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
