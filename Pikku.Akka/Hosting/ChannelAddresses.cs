using System.Collections.Concurrent;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Hosting;

/// <summary>Where the channels are mapped: their routes behind the prefixes of the groups (<c>MapGroup</c>) that they are in.</summary>
internal sealed class ChannelAddresses(IServiceProvider services)
{
    private readonly ConcurrentBag<IEndpointRouteBuilder> _builders = [];

    /// <summary>Remembers who has endpoints: those of an application are known to its services only once it starts.</summary>
    public void Add(IEndpointRouteBuilder endpoints) => _builders.Add(endpoints);

    /// <summary>The address of each channel that is mapped.</summary>
    public IReadOnlyDictionary<string, string> Read() =>
        All().ToDictionary(channel => channel.Key, channel => channel.First(), StringComparer.Ordinal);

    /// <summary>Channels with several addresses, because a contract has one for each; and those that no request could tell apart.</summary>
    public IReadOnlyList<string> Mistakes() =>
    [
        .. All().Where(channel => channel.Count() > 1).Select(channel =>
            $"channel '{channel.Key}': is mapped at {string.Join(" and at ", channel)}; clients that are generated know one address. "
            + "Call MapPikku once, or in groups that have the same prefix."),
        .. Endpoints().Where(endpoint => !endpoint.IsForHosts)
            .GroupBy(endpoint => (endpoint.Channel, endpoint.Address.ToUpperInvariant()))
            // Sources of endpoints make them anew each time; what MapPikku added to them stays the same.
            .Where(same => same.Select(endpoint => endpoint.Mapping).Distinct<object>(ReferenceEqualityComparer.Instance).Count() > 1)
            .Select(same => $"channel '{same.Key.Channel}': is mapped at {same.First().Address} twice. Call MapPikku once, in the application and not in its modules."),
    ];

    private IEnumerable<IGrouping<string, string>> All() => Endpoints()
        .DistinctBy(endpoint => (endpoint.Channel, endpoint.Address.ToUpperInvariant()))
        .GroupBy(endpoint => endpoint.Channel, endpoint => endpoint.Address, StringComparer.Ordinal);

    private IEnumerable<(string Channel, string Address, bool IsForHosts, ChannelRouteMetadata Mapping)> Endpoints() => (services.GetService<EndpointDataSource>()?.Endpoints ?? [])
        .Concat(_builders.SelectMany(builder => builder.DataSources).SelectMany(source => source.Endpoints))
        .OfType<RouteEndpoint>()
        .Select(endpoint => (Endpoint: endpoint, Mapping: endpoint.Metadata.GetMetadata<ChannelRouteMetadata>()!))
        .Where(one => one.Mapping is not null && one.Endpoint.RoutePattern.RawText is not null)
        .Select(one => (
            one.Mapping.Channel, "/" + one.Endpoint.RoutePattern.RawText!.TrimStart('/'),
            one.Endpoint.Metadata.GetMetadata<IHostMetadata>() is { Hosts.Count: > 0 }, one.Mapping));
}
