using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;

using Akka.Actor;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>One node of a hub under test: its hub, its connections, and what it counts.</summary>
internal sealed class HubNode : ISubscriberDirectory, IDisposable
{
    public const int MaxEventSize = 4096;
    public const int MaxTopicLength = 200;
    public const int MaxSubscriptions = 20;
    public const int TransportBacklog = 64 * 1024;

    private readonly ConcurrentDictionary<string, IEventSubscriber> _connections = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly Meter _meter = new(HubMetrics.MeterName);
    private readonly MeterListener _listener = new();

    public HubNode(
        ActorSystem system, IActorRef? transport = null, int maxPendingPublishes = 100_000, NodeSettings? cluster = null,
        Func<EventHubSettings, EventHubSettings>? change = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _counts.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        _listener.Start();

        var settings = new EventHubSettings
        {
            Lanes = 3,
            MaxEventSize = MaxEventSize,
            MaxTopicLength = MaxTopicLength,
            MaxPendingPublishes = maxPendingPublishes,
            MaxPendingSize = int.MaxValue,
            MaxPendingSubscribes = 100_000,
            CallTimeout = TimeSpan.FromMinutes(1),
        };
        if (change is not null)
            settings = change(settings);
        var limits = new LimitSettings
        {
            MessagesPerSecond = 0,
            MessageBurst = 0,
            ViolationCost = 0,
            ControlFramesPerSecond = 0,
            ConnectionsPerNode = 0,
            ConnectionsPerAddress = 0,
            Ipv6Prefix = 0,
            SubscriptionsPerConnection = MaxSubscriptions,
        };
        var metrics = new HubMetrics(_meter);
        Gate = new HubGate(settings, TimeSpan.FromMinutes(1));
        Hub = new ActorEventHub(Gate, settings, this, JsonSerializerOptions.Web, metrics);
        Transports = transport is null ? [] : [new HubTransport(transport, new LinkBacklog(TransportBacklog))];
        if (cluster is not null)
            Transports = HubLinkActor.StartAll((links, _) => system.ActorOf(links), Gate, cluster, Links, metrics, JsonSerializerOptions.Web);
        // Nodes that follow each other on one system would want one name.
        var props = EventHubActor.Props(Gate, limits, this, Transports, metrics);
        Actor = cluster is null ? system.ActorOf(props, EventHubActor.Name) : system.ActorOf(props);
        Actors = transport is null ? [Actor, .. Transports.Select(lane => lane.Link)] : [Actor];
    }

    public HubGate Gate { get; }

    public IReadOnlyList<HubTransport> Transports { get; }

    public HubLinks Links { get; } = new();

    public ActorEventHub Hub { get; }

    public IActorRef Actor { get; }

    /// <summary>All of its actors, those between nodes as well.</summary>
    public IReadOnlyList<IActorRef> Actors { get; }

    /// <summary>True when each of its lanes and so many other nodes hear each other.</summary>
    public bool IsLinkedWith(int others) =>
        Links.IsComplete && Links.All.All(lane => lane.Peers.Count == others && lane.Peers.All(peer => peer.Linked));

    public long Count(string instrument) => _counts.GetValueOrDefault($"pikku.event_hub.{instrument}");

    public RecordingSubscriber Connect(string id, string? user = null)
    {
        var subscriber = new RecordingSubscriber(id, user);
        _connections[id] = subscriber;
        return subscriber;
    }

    public void Disconnect(RecordingSubscriber subscriber)
    {
        _connections.TryRemove(subscriber.Id, out _);
        Hub.Remove(subscriber);
    }

    IReadOnlyCollection<IEventSubscriber> ISubscriberDirectory.OfUser(string userId) =>
        [.. _connections.Values.OfType<RecordingSubscriber>().Where(subscriber => subscriber.User == userId)];

    IEventSubscriber? ISubscriberDirectory.Find(string channelId) => _connections.GetValueOrDefault(channelId);

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }
}
