using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Requests;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Lets a page and a channel share a route. An upgrade is routed to the channel, and any other request to the page if there is one. Also moves the token of an event
/// stream to a header: routing decides which requests are for event streams, and authentication reads the header after it.
/// </summary>
internal sealed class ChannelMatcherPolicy(IServiceProvider services) : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(endpoint => IsChannel(endpoint) || IsEventStream(endpoint));

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var upgrade = UpgradeRequest.Is(httpContext.Request);
        if (Valid(candidates).Select(i => IsChannel(candidates[i].Endpoint)).Distinct().Count() == 2)
            foreach (var i in Valid(candidates))
                candidates.SetValidity(i, IsChannel(candidates[i].Endpoint) == upgrade);
        // Upgrades have been processed already, before routing.
        if (!upgrade && Valid(candidates).Any(i => IsEventStream(candidates[i].Endpoint)))
            RequestTokens.MoveToHeader(httpContext.Request, services.GetRequiredService<PikkuSettings>().Upgrade);
        return Task.CompletedTask;
    }

    private static IEnumerable<int> Valid(CandidateSet candidates) => Enumerable.Range(0, candidates.Count).Where(candidates.IsValidCandidate);

    private static bool IsChannel(Endpoint endpoint) => endpoint.Metadata.GetMetadata<ChannelRouteMetadata>() is not null;

    private static bool IsEventStream(Endpoint endpoint) => endpoint.Metadata.GetMetadata<EventStreamRouteMetadata>() is not null;
}
