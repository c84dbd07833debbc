using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Hosting;
using Pikku.Akka.OperatorConsole;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka;

/// <summary>Maps the console of operators to the endpoints of an application.</summary>
public static class PikkuConsoleEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a console for operators: a page that shows the nodes of the cluster, their connections, topics and functions, live, and that can close connections, end subscriptions,
    /// revoke users, publish events and drain nodes. Map it in each node that serves requests.
    /// </summary>
    /// <remarks>
    /// Without a policy, the console is only served in the environment Development, and only to requests of the same machine. In any other environment it is not served, and the log
    /// has a warning. The page and its channel are guarded in the same way, and the channel accepts no page of a foreign origin. The channel of the console is not part of the
    /// contract of the application: no middleware, permission or session of the application applies to it.
    /// </remarks>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route of the page. The channel and the files of the page are below it.</param>
    /// <param name="policy">The authorization policy that operators have to meet. Whoever meets it can act on every user and every node.</param>
    /// <returns>Takes conventions for the page and its channel.</returns>
    /// <exception cref="InvalidOperationException">AddPikku has not been called, the policy is not registered, or the services of the node have been created already.</exception>
    public static IEndpointConventionBuilder MapPikkuConsole(this IEndpointRouteBuilder endpoints, string pattern = "/pikku", string? policy = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var services = endpoints.ServiceProvider;
        var plan = PikkuPlan.Of(services, nameof(MapPikkuConsole));
        if (policy is not null)
            RequireRegistered(services, policy);
        var group = endpoints.MapGroup(pattern);
        if (policy is null && !services.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            ConsoleLog.NotServed(services.GetRequiredService<ILoggerFactory>().CreateLogger(ConsoleLog.Category), pattern);
            return group;
        }

        if (plan.SettingsProblems().Count > 0)
            return group;
        if (policy is not null)
            group.RequireAuthorization(policy);
        var consoles = new OpenConsoles(services);
        services.GetRequiredService<AccessReviews>().Add(consoles.ReviewAsync);
        var channel = ConsoleChannel.Compile(new ConsoleActions(services, consoles), services.GetService<IServiceProviderIsService>(), out var json);
        services.GetRequiredService<CompanionChannels>().Add(channel, json);
        group.MapGet("/", ConsolePage.WriteIndexAsync).WithDisplayName("console");
        // With an extension, so that the page gets the refusal of the channel, and no 404, when it asks for the reason without an upgrade.
        group.MapGet("/{name}.{extension}", ConsolePage.WriteFileAsync).WithDisplayName("console files");
        var upgrades = new Lazy<UpgradeHandler>(services.GetRequiredService<UpgradeHandler>);
        var endpoint = new Lazy<ChannelEndpoint>(() => services.GetRequiredService<IReadOnlyList<ChannelEndpoint>>().Single(one => one.Definition == channel));
        group.MapMethods(
                channel.Route, PikkuEndpointRouteBuilderExtensions.UpgradeMethods,
                PikkuEndpointRouteBuilderExtensions.Pipeline(endpoints, async context =>
                {
                    if (!await ConsoleGuard.RefuseUpgradeAsync(context))
                        await consoles.ServeAsync(context, () => upgrades.Value.HandleAsync(context, endpoint.Value));
                }))
            .WithMetadata(new ChannelRouteMetadata(channel.Name))
            .DisableCookieRedirect() // the page can't follow a redirect to a login page, and would try again for ever
            .WithDisplayName($"channel {channel.Name}");
        return group.ExcludeFromDescription();
    }

    private static void RequireRegistered(IServiceProvider services, string policy)
    {
        // The default provider answers at once. Another one may ask a server, which the start does not wait for.
        if (services.GetService<IAuthorizationPolicyProvider>()?.GetPolicyAsync(policy) is not { } found || found is { IsCompletedSuccessfully: true, Result: null })
            throw new InvalidOperationException(
                $"{nameof(MapPikkuConsole)} requires the policy '{policy}', which is not registered. Register it with builder.Services.AddAuthorizationBuilder().AddPolicy(\"{policy}\", …).");
    }
}
