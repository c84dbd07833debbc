using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Pikku.Akka.Requests;

namespace Pikku.Akka.Hosting;

/// <summary>Lets a page and a channel share a route. An upgrade is routed to the channel, and any other request to the page if there is one.</summary>
internal sealed class ChannelMatcherPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsChannel);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var upgrade = UpgradeRequest.Is(httpContext.Request);
        if (Valid(candidates).Select(i => IsChannel(candidates[i].Endpoint)).Distinct().Count() == 2)
            foreach (var i in Valid(candidates))
                candidates.SetValidity(i, IsChannel(candidates[i].Endpoint) == upgrade);
        return Task.CompletedTask;
    }

    private static IEnumerable<int> Valid(CandidateSet candidates) => Enumerable.Range(0, candidates.Count).Where(candidates.IsValidCandidate);

    private static bool IsChannel(Endpoint endpoint) => endpoint.Metadata.GetMetadata<ChannelRouteMetadata>() is not null;
}
