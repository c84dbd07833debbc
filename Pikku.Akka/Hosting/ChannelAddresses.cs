using System.Collections.Concurrent;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Hosting;

/// <summary>The addresses of the mapped channels: their routes with the prefixes of their groups (<c>MapGroup</c>).</summary>
internal sealed class ChannelAddresses(IServiceProvider services)
{
    private readonly ConcurrentBag<IEndpointRouteBuilder> _builders = [];

    /// <summary>Adds a source of endpoints. The services of an application provide its endpoints only after it has started.</summary>
    public void Add(IEndpointRouteBuilder endpoints) => _builders.Add(endpoints);

    /// <summary>The address of each mapped channel.</summary>
    public IReadOnlyDictionary<string, string> Read() =>
        All().ToDictionary(channel => channel.Key, channel => channel.First(), StringComparer.Ordinal);

    /// <summary>The problems: channels with several addresses, although a contract has one address for each channel, and channels that are mapped twice at one address.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. All().Where(channel => channel.Count() > 1).Select(channel =>
            $"channel '{channel.Key}': is mapped at {string.Join(" and at ", channel)}; a generated client has one address. "
            + "Call MapPikku once, or in groups that have the same prefix."),
        .. Endpoints().Where(endpoint => !endpoint.IsForHosts)
            .GroupBy(endpoint => (endpoint.Channel, endpoint.Address.ToUpperInvariant()))
            // A source may create its endpoints again on each access, but the metadata of one MapPikku call stay the same object.
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
