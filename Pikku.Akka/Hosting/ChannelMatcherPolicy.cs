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
        if (HasValid(candidates, IsChannel) && HasValid(candidates, endpoint => !IsChannel(endpoint)))
        {
            for (var i = 0; i < candidates.Count; i++)
            {
                if (candidates.IsValidCandidate(i))
                    candidates.SetValidity(i, IsChannel(candidates[i].Endpoint) == upgrade);
            }
        }

        // Upgrades have been processed already, before routing.
        if (!upgrade && HasValid(candidates, IsEventStream))
            RequestTokens.MoveToHeader(httpContext.Request, services.GetRequiredService<PikkuSettings>().Upgrade);
        return Task.CompletedTask;
    }

    // A loop, because every request to a channel runs it: each of the operators of LINQ would create several objects.
    private static bool HasValid(CandidateSet candidates, Func<Endpoint, bool> condition)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && condition(candidates[i].Endpoint))
                return true;
        }

        return false;
    }

    private static bool IsChannel(Endpoint endpoint) => endpoint.Metadata.GetMetadata<ChannelRouteMetadata>() is not null;

    private static bool IsEventStream(Endpoint endpoint) => endpoint.Metadata.GetMetadata<EventStreamRouteMetadata>() is not null;
}
