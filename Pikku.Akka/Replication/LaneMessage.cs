namespace Pikku.Akka.Replication;

/// <summary>A message between the same lanes of two nodes.</summary>
internal abstract record LaneMessage
{
    /// <summary>Events: pushed by their node, or repeated by any node that was asked.</summary>
    /// <param name="Content">The batch.</param>
    public sealed record Batch(ReplicatedBatch Content) : LaneMessage;

    /// <summary>Sent at a regular interval, and at once when something has changed.</summary>
    /// <param name="IsReady">True when the sender has everything that a node needs to answer clients and other nodes.</param>
    /// <param name="HearsReceiver">True when the sender has heard a beat of the receiver.</param>
    /// <param name="Digest">For each node, removed ones included, the sequence below which the sender has delivered all batches.</param>
    public sealed record Beat(bool IsReady, bool HearsReceiver, IReadOnlyList<(int Node, long Next)> Digest) : LaneMessage;

    /// <summary>Asks for batches that the sender lacks.</summary>
    /// <param name="Node">The node that published them.</param>
    /// <param name="First">The first sequence that is missing.</param>
    public sealed record Ask(int Node, long First) : LaneMessage;

    /// <summary>The answer to an <see cref="Ask"/> of a node that does not keep the batches any more.</summary>
    public sealed record Unavailable(int Node, long First) : LaneMessage;

    /// <summary>The sender has delivered all batches of the receiver below a sequence.</summary>
    public sealed record Acknowledge(long Next) : LaneMessage;

    /// <summary>Asks for the next part of a copy.</summary>
    /// <param name="Copy">The number of the copy, which the sender has drawn.</param>
    /// <param name="Index">0 for <see cref="CopyHead"/>, then the number of a <see cref="CopyChunk"/>, from 1.</param>
    public sealed record Pull(long Copy, int Index) : LaneMessage;

    /// <summary>The first part of a copy: what the receiver has to take over besides the topics.</summary>
    /// <param name="Copy">The number of the copy.</param>
    /// <param name="History">The history of the lane.</param>
    /// <param name="Cut">The digest of the moment at which the copy was taken: no event of the copy lies beyond it.</param>
    /// <param name="Closed">The removed nodes whose batches may still be asked for.</param>
    public sealed record CopyHead(long Copy, Origin History, IReadOnlyList<(int Node, long Next)> Cut, IReadOnlyList<int> Closed) : LaneMessage;

    /// <summary>A further part of a copy.</summary>
    /// <param name="Copy">The number of the copy.</param>
    /// <param name="Index">The number of the part, from 1.</param>
    /// <param name="IsLast">True when no part follows.</param>
    /// <param name="Topics">Topics. A large topic continues in the next part under the same name.</param>
    public sealed record CopyChunk(long Copy, int Index, bool IsLast, IReadOnlyList<TopicPicture> Topics) : LaneMessage;

    /// <summary>Asks whether the sender may begin a history. Sent by the oldest node when no node says that it is ready.</summary>
    public sealed record MayFound : LaneMessage
    {
        public static MayFound Instance { get; } = new();
    }

    /// <summary>The sender copies from no other node until the receiver is removed, so no second history can begin.</summary>
    public sealed record Promise : LaneMessage
    {
        public static Promise Instance { get; } = new();
    }
}
