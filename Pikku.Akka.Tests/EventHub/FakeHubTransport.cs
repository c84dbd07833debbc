using System.Collections.Concurrent;
using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>Plays the only other node of a cluster: it is ready at once, records what it is sent, and sends batches with the events that a test names.</summary>
internal sealed class FakeHubTransport : IHubTransport
{
    private const int Other = 2;

    private readonly TaskCompletionSource<string> _stopped = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, bool> _lanes = new();
    private readonly long[] _sequences = new long[Lanes.Count];
    private HubClient? _hub;

    public Task<string> Stopped => _stopped.Task;

    public bool IsClustered => true;

    public int Self => 1;

    public TimeSpan ReplicationTimeout { get; init; } = TimeSpan.FromMinutes(1);

    public LaneLimits Limits { get; init; } = new()
    {
        BeatInterval = 1_000, AskTimeout = 1_500, CopyTimeout = 5_000, ClosedFor = 600_000, MaxKept = 1 << 20, MaxUnacknowledged = long.MaxValue, MaxAnswer = 1 << 20,
    };

    /// <summary>Completes when all lanes are ready.</summary>
    public Task Ready => _ready.Task;

    /// <summary>True when the node under test was told to end.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>The events that this node was sent.</summary>
    public ConcurrentQueue<HubEvent> Published { get; } = new();

    /// <summary>All other messages that this node was sent.</summary>
    public ConcurrentQueue<LaneMessage> Sent { get; } = new();

    public void Start(HubClient receiver)
    {
        _hub = receiver;
        _ = IntroduceAsync(receiver);
    }

    public IBatchWriter CreateWriter(int lane, Origin origin) => new OutboundBatch(Self, origin, lane, 64 * 1024);

    public void Send(int lane, LaneMember member, LaneMessage message)
    {
        switch (message)
        {
            case LaneMessage.MayFound:
                Tell(lane, LaneMessage.Promise.Instance);
                break;
            case LaneMessage.Batch batch:
                foreach (var hubEvent in batch.Content.Read().Cast<HubEvent>())
                    Published.Enqueue(hubEvent);
                break;
            default:
                Sent.Enqueue(message);
                break;
        }
    }

    public void Report(int lane, Lane state)
    {
        if (state.IsReady && !_lanes.GetValueOrDefault(lane))
            Tell(lane, new LaneMessage.Beat(IsReady: true, HearsReceiver: true, []));
        _lanes[lane] = state.IsReady;
        if (_lanes.Count == Lanes.Count && _lanes.Values.All(isReady => isReady))
            _ready.TrySetResult();
    }

    public void Leave() => HasLeft = true;

    public void Stop() => _stopped.TrySetResult("link");

    /// <summary>Sends events in one batch for each of their lanes.</summary>
    public void Publish(params IReadOnlyList<HubEvent> events)
    {
        foreach (var lane in events.GroupBy(hubEvent => Lanes.Of(hubEvent.Topic)))
            Tell(lane.Key, new LaneMessage.Batch(BatchOf(lane.Key, [.. lane])));
    }

    /// <summary>Sends a message to a lane of the node under test.</summary>
    public void Tell(int lane, LaneMessage message) => _hub!.Tell(lane, new HubProtocol.FromNode(Other, message));

    private HubBatch BatchOf(int lane, IReadOnlyList<HubEvent> events)
    {
        var writer = new OutboundBatch(Other, new Origin(Other), lane, int.MaxValue);
        foreach (var hubEvent in events)
            writer.Add(hubEvent);
        return (HubBatch)writer.Take(_sequences[lane]++);
    }

    private async Task IntroduceAsync(HubClient hub)
    {
        await hub.Opened;
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            hub.Tell(lane, new HubProtocol.MemberChanged(Self, "self:1", 0));
            hub.Tell(lane, new HubProtocol.MemberChanged(Other, "other:2", 1));
            Tell(lane, new LaneMessage.Beat(IsReady: false, HearsReceiver: true, []));
        }
    }
}
