using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>The hub of one node, with connections that only count events.</summary>
internal sealed class BenchNode : ISubscriberDirectory
{
    private readonly ConcurrentDictionary<string, IEventSubscriber> _connections = new();

    public BenchNode(ActorSystem system, PikkuSettings settings)
    {
        var metrics = new HubMetrics(new Meter(HubMetrics.MeterName));
        var gate = new HubGate(settings.EventHub);
        Hub = new ActorEventHub(gate, settings.EventHub, this, JsonSerializerOptions.Web, metrics);
        var links = HubLinkActor.StartAll((props, name) => system.ActorOf(props, name), gate, settings.Cluster, Links, metrics, JsonSerializerOptions.Web);
        system.ActorOf(EventHubActor.Props(gate, settings.Limits, this, links, metrics), EventHubActor.Name);
        Opened = gate.Opened;
    }

    public ActorEventHub Hub { get; }

    public HubLinks Links { get; } = new();

    public Task Opened { get; }

    public void Add(IEventSubscriber subscriber) => _connections[subscriber.Id] = subscriber;

    public void Remove(IEventSubscriber subscriber)
    {
        _connections.TryRemove(subscriber.Id, out _);
        Hub.Remove(subscriber);
    }

    IEventSubscriber? ISubscriberDirectory.Find(string channelId) => _connections.GetValueOrDefault(channelId);

    IReadOnlyCollection<IEventSubscriber> ISubscriberDirectory.OfUser(string userId) => [];
}
