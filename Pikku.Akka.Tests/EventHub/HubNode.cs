using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;

using Akka.Actor;

using Akka.Event;

using Pikku.Akka.Cluster;
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

    private readonly ConcurrentDictionary<string, IEventSubscriber> _connections = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly List<IActorRef> _lanes = [];
    private readonly Meter _meter = new(PikkuMetrics.MeterName);
    private readonly MeterListener _listener = new();

    public HubNode(
        ActorSystem system, IHubTransport? transport = null, int maxPendingPublishes = 100_000, NodeSettings? cluster = null,
        Func<EventHubSettings, EventHubSettings>? change = null, IReadOnlyList<TopicDeclaration>? topics = null, Func<HistorySettings, HistorySettings>? keep = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _counts.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        _listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => _counts.AddOrUpdate(instrument.Name, 1, (_, old) => old + 1));
        _listener.Start();

        var settings = new EventHubSettings
        {
            MaxEventSize = MaxEventSize,
            MaxTopicLength = MaxTopicLength,
            MaxPendingPublishes = maxPendingPublishes,
            MaxPendingSize = int.MaxValue,
            MaxPendingSubscribes = 100_000,
            CallTimeout = TimeSpan.FromMinutes(1),
            MaxBufferedSize = 64 * 1024,
            AuthorizationParallelism = 1,
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
        var history = SettingsLoader.Read(SettingsLoader.Load(null, [])).History;
        if (keep is not null)
            history = keep(history);
        var declared = new DeclaredTopics(topics ?? [], history.MaxAge);
        var metrics = new HubMetrics(_meter);
        Client = new HubClient(settings, TimeSpan.FromMinutes(1), TimeProvider.System);
        Hub = new ActorEventHub(Client, settings, this, JsonSerializerOptions.Web, metrics, declared: declared);
        Transport = NewTransport(system, transport, cluster, metrics);
        Transport.Start(Client);
        // Nodes that follow each other on one system would want one name.
        var props = EventHubActor.Props(
            Client, limits, history, declared, this, Transport, JsonSerializerOptions.Web, metrics, TimeProvider.System);
        Actor = cluster is null ? system.ActorOf(props, EventHubActor.Name) : system.ActorOf(props);
    }

    public HubClient Client { get; }

    public IHubTransport Transport { get; }

    /// <summary>The lanes between nodes.</summary>
    public IReadOnlyList<IActorRef> Lanes => _lanes;

    public HubLinks Links { get; } = new();

    public ActorEventHub Hub { get; }

    public IActorRef Actor { get; }

    /// <summary>All of its actors, those between nodes as well.</summary>
    public IReadOnlyList<IActorRef> Actors => [Actor, .. _lanes];

    /// <summary>True when each of its lanes and so many other nodes hear each other.</summary>
    public bool IsLinkedWith(int others) =>
        Links.IsComplete && Links.All.All(lane => lane.Peers.Count == others && lane.Peers.All(peer => peer.Linked));

    /// <summary>The sum of a counter, or the number of measurements of a histogram in seconds.</summary>
    public long Count(string instrument) => _counts.GetValueOrDefault($"pikku.event_hub.{instrument}");

    public long CountInCluster(string instrument) => _counts.GetValueOrDefault($"pikku.cluster.{instrument}");

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

    private IHubTransport NewTransport(ActorSystem system, IHubTransport? given, NodeSettings? cluster, HubMetrics metrics)
    {
        if (given is not null || cluster is null)
            return given ?? new LocalHubTransport();
        var refused = new RefusedMessages(Logging.GetLogger(system, typeof(RefusedMessages)), new ClusterMetrics(_meter), TimeProvider.System);
        return new ClusterHubTransport(system, (props, _) => Start(props), cluster, Links, metrics, refused, TimeProvider.System);

        IActorRef Start(Props props)
        {
            var started = system.ActorOf(props);
            _lanes.Add(started);
            return started;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }
}
