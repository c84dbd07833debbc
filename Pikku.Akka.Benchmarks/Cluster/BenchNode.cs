using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>The hub of one node, with connections that only count events.</summary>
internal sealed class BenchNode : ISubscriberDirectory
{
    private readonly ConcurrentDictionary<string, IEventSubscriber> _connections = new();

    /// <param name="system">The actor system, which has joined its cluster.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="topics">The topics with a history.</param>
    public BenchNode(ActorSystem system, PikkuSettings settings, IReadOnlyList<TopicDeclaration> topics)
    {
        var metrics = new HubMetrics(new Meter(PikkuMetrics.MeterName));
        var session = settings.Session;
        var client = new HubClient(settings.EventHub, settings.StartTimeout, TimeProvider.System)
        {
            Sessions = new StoreIndex(StoreIndex.Sessions, session.StoreCapacity, session.StoreMaxMemory, session.StoreLifetime),
        };
        Client = client;
        var declared = new DeclaredTopics(topics, settings.History.MaxAge);
        Hub = new ActorEventHub(client, settings.EventHub, this, JsonSerializerOptions.Web, metrics, declared: declared);
        var refused = new RefusedMessages(Logging.GetLogger(system, typeof(RefusedMessages)), new ClusterMetrics(new Meter(PikkuMetrics.MeterName)), TimeProvider.System);
        var transport = new ClusterHubTransport(
            system, (props, name) => system.ActorOf(props, name), settings.Cluster, Links, metrics, refused, TimeProvider.System);
        transport.Start(client);
        system.ActorOf(EventHubActor.Props(
            client, settings.Limits, settings.History, declared, this, transport, JsonSerializerOptions.Web, metrics, TimeProvider.System), EventHubActor.Name);
        Opened = client.Opened;
        Entries = client.Entries;
    }

    public ActorEventHub Hub { get; }

    public HubClient Client { get; }

    public HubLinks Links { get; } = new();

    public Task Opened { get; }

    /// <summary>The entries of presence topics as this node knows them.</summary>
    public KeyedIndex Entries { get; }

    public void Add(IEventSubscriber subscriber) => _connections[subscriber.Id] = subscriber;

    public void Remove(IEventSubscriber subscriber)
    {
        _connections.TryRemove(subscriber.Id, out _);
        Hub.Remove(subscriber);
    }

    IEventSubscriber? ISubscriberDirectory.Find(string channelId) => _connections.GetValueOrDefault(channelId);

    IReadOnlyCollection<IEventSubscriber> ISubscriberDirectory.OfUser(string userId) => [];
}
