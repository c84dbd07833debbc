using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>The transport of a node without a cluster. There are no other nodes, so it carries nothing.</summary>
internal sealed class LocalHubTransport : IHubTransport
{
    public Task<string> Stopped { get; } = new TaskCompletionSource<string>().Task;

    public bool IsClustered => false;

    public int Self => 0;

    public TimeSpan ReplicationTimeout => TimeSpan.MaxValue;

    public LaneLimits Limits { get; } = new()
    {
        // Only the first two have a meaning on a node that stands alone: how often the lane forgets what is too old, and how long removals are remembered.
        BeatInterval = 1_000, ClosedFor = LaneLimits.DefaultClosedFor, AskTimeout = 1, CopyTimeout = 1, MaxKept = 0, MaxUnacknowledged = 1, MaxAnswer = 1,
    };

    public void Start(HubClient receiver) { }

    public IBatchWriter CreateWriter(int lane, Origin origin) => new NoWriter();

    public void Send(int lane, LaneMember member, LaneMessage message) => throw new InvalidOperationException("A node without a cluster has no other members.");

    public void Report(int lane, Lane state) { }

    public void Leave() { }

    // A lane without other members writes nothing.
    private sealed class NoWriter : IBatchWriter
    {
        public bool IsEmpty => true;

        public bool IsFull => false;

        public bool HasRoomFor(ReplicatedEvent content) => true;

        public void Add(ReplicatedEvent content) => throw new InvalidOperationException("A node without a cluster writes no batches.");

        public ReplicatedBatch Take(long sequence) => throw new InvalidOperationException("A node without a cluster writes no batches.");

        public void Clear() { }
    }
}
