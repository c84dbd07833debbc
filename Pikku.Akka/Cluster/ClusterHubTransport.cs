using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Carries the messages of the lanes between this node and all other nodes. Each lane has a <see cref="LaneLinkActor"/>, which receives them.</summary>
internal sealed class ClusterHubTransport : IHubTransport
{
    /// <summary>How long a question to another node waits for its answer: far above a round trip, and below what a client waits for (<c>pikku.history.wait</c>).</summary>
    private const long AskTimeout = 1_500; // milliseconds

    /// <summary>How long a copy waits for its source: less than the failure detector needs, so that another source is asked first.</summary>
    private const long CopyTimeout = 5_000; // milliseconds

    /// <summary>The size of an answer and of one part of a copy. With the largest event behind it, it fits into a frame of the transport.</summary>
    private const long MaxAnswer = 256 * 1024; // bytes

    private readonly TaskCompletionSource<string> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly (IActorRef Link, ConcurrentDictionary<int, IActorRef> Direct)[] _lanes = new (IActorRef, ConcurrentDictionary<int, IActorRef>)[Lanes.Count];
    private readonly Func<Props, string, IActorRef> _start;
    private readonly global::Akka.Cluster.Cluster _cluster;
    private readonly IActorRef _mediator;
    private readonly NodeSettings _settings;
    private readonly HubLinks _links;
    private readonly HubMetrics _metrics;
    private readonly RefusedMessages _refused;
    private readonly TimeProvider _clock;

    /// <param name="system">The actor system of the node.</param>
    /// <param name="start">Starts an actor with a name.</param>
    /// <param name="settings">The settings of the node.</param>
    /// <param name="links">Receives the state of the lanes.</param>
    /// <param name="metrics">Counts batches, and measures how long they take.</param>
    /// <param name="refused">Logs and counts the messages that this node does not understand.</param>
    /// <param name="clock">The time of publishes and deliveries.</param>
    public ClusterHubTransport(
        ActorSystem system, Func<Props, string, IActorRef> start, NodeSettings settings, HubLinks links, HubMetrics metrics, RefusedMessages refused,
        TimeProvider clock)
    {
        (_start, _settings, _links, _metrics, _refused, _clock) = (start, settings, links, metrics, refused, clock);
        _cluster = global::Akka.Cluster.Cluster.Get(system);
        _mediator = DistributedPubSub.Get(system).Mediator;
        Self = _cluster.SelfUniqueAddress.Uid;
        Limits = new LaneLimits
        {
            BeatInterval = (long)settings.Heartbeat.TotalMilliseconds,
            AskTimeout = AskTimeout,
            CopyTimeout = CopyTimeout,
            ClosedFor = LaneLimits.DefaultClosedFor,
            MaxKept = settings.MaxKept,
            MaxUnacknowledged = settings.MaxUnacknowledged,
            MaxAnswer = MaxAnswer,
        };
    }

    public Task<string> Stopped => _stopped.Task;

    public bool IsClustered => true;

    public int Self { get; }

    public LaneLimits Limits { get; }

    public TimeSpan ReplicationTimeout => _settings.RequestTimeout;

    /// <summary>Provides the health of the other nodes; null where nothing observes it.</summary>
    public ClusterClient? Client { get; init; }

    public int Responsive => Client?.Health.Responsive ?? int.MaxValue;

    public void Start(HubClient receiver)
    {
        var lag = new HubLag(_metrics, _clock);
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            var direct = new ConcurrentDictionary<int, IActorRef>();
            var link = _start(LaneLinkActor.Props(lane, receiver, direct, _refused, lag), LaneLinkActor.NameOf(lane));
            _lanes[lane] = (link, direct);
            _ = WatchAsync(link);
        }
    }

    public IBatchWriter CreateWriter(int lane, Origin origin) => new OutboundBatch(Self, origin, lane, _settings.MaxBatchSize) { Clock = _clock };

    public void Send(int lane, LaneMember member, LaneMessage message)
    {
        var (link, direct) = _lanes[lane];
        switch (message)
        {
            case LaneMessage.Batch { Content: HubBatch batch } when batch.Node == Self:
                _metrics.BatchSent();
                SendThroughMediator(lane, member, batch, link);
                break;
            case LaneMessage.Batch { Content: HubBatch batch }:
                direct.GetValueOrDefault(member.Node)?.Tell(batch, link);
                break;
            case LaneMessage.Beat:
                SendThroughMediator(lane, member, LaneFrame.Of(lane, Self, message), link);
                break;
            default:
                direct.GetValueOrDefault(member.Node)?.Tell(LaneFrame.Of(lane, Self, message), link);
                break;
        }
    }

    public void Report(int lane, Lane state) => _links.Update(LinkState.Of(lane, state));

    // A node that leaves by itself is removed as one that has failed, and its actor system and its process end.
    public void Leave() => _cluster.Down(_cluster.SelfAddress);

    private void SendThroughMediator(int lane, LaneMember member, object message, IActorRef sender) =>
        _mediator.Tell(new Publish(LaneLinkActor.TopicOf(lane, member.Node), message), sender);

    private async Task WatchAsync(IActorRef link)
    {
        try
        {
            await link.WatchAsync();
        }
        finally
        {
            // A lane that can't be watched may have stopped as well.
            _stopped.TrySetResult(link.Path.Name);
        }
    }
}
