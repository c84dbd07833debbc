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

    /// <summary>Channels with several addresses: a contract has one for each.</summary>
    public IReadOnlyList<string> Mistakes() => [.. All().Where(channel => channel.Count() > 1).Select(channel =>
        $"channel '{channel.Key}': is mapped at {string.Join(" and at ", channel)}; clients that are generated know one address. "
        + "Call MapPikku once, or in groups that have the same prefix.")];

    private IEnumerable<IGrouping<string, string>> All() => (services.GetService<EndpointDataSource>()?.Endpoints ?? [])
        .Concat(_builders.SelectMany(builder => builder.DataSources).SelectMany(source => source.Endpoints))
        .OfType<RouteEndpoint>()
        .Select(endpoint => (endpoint.Metadata.GetMetadata<ChannelRouteMetadata>()?.Channel, Address: endpoint.RoutePattern.RawText))
        .Where(endpoint => endpoint is { Channel: not null, Address: not null })
        .Select(endpoint => (Channel: endpoint.Channel!, Address: "/" + endpoint.Address!.TrimStart('/')))
        .DistinctBy(endpoint => (endpoint.Channel, endpoint.Address.ToUpperInvariant()))
        .GroupBy(endpoint => endpoint.Channel, endpoint => endpoint.Address, StringComparer.Ordinal);
}
