namespace Pikku.Akka.EventHub;

/// <summary>Another node, as one lane of the hub sees it. Not thread-safe: the lane owns it.</summary>
/// <param name="name">Its host and port.</param>
internal sealed class HubPeer(string name)
{
    private const int AckEvery = 128 * 1024; // bytes; often enough for the bound of the other side, seldom enough to cost nothing

    private int _unacknowledged;
    private long _incarnation;

    public string Name { get; } = name;

    /// <summary>True while it is a full member, and not only on its way in or out.</summary>
    public bool IsUp { get; set; }

    public bool IsReachable { get; set; } = true;

    /// <summary>The number of its next batch; null before it was heard.</summary>
    public long? Next { get; private set; }

    /// <summary>True once it says that it hears this node.</summary>
    public bool HearsUs { get; set; }

    /// <summary>Batches of it that never came.</summary>
    public long Lost { get; private set; }

    /// <summary>What of this node it has got; the number that it waits for.</summary>
    public long Acknowledged { get; set; }

    public bool IsLinked => Next is not null && HearsUs;

    /// <summary>Notes a batch or a heartbeat.</summary>
    /// <returns>How many batches are missing before it; -1 for a batch that has come before.</returns>
    public long Receive(HubBatch batch)
    {
        var sequence = batch.Sequence;
        // The first one that is heard says where it stands; what was before it was before the link.
        var missing = Next is { } next ? sequence - next : 0;
        if (batch.Incarnation != _incarnation)
        {
            if (batch.Incarnation < _incarnation)
                return -1;
            // Its lane was restarted: what it had gathered is gone with it, and nobody knows how much that was.
            missing = Next is null ? 0 : 1 + sequence;
            _incarnation = batch.Incarnation;
        }

        if (missing < 0)
            return batch.IsHeartbeat ? 0 : -1;
        Next = batch.IsHeartbeat ? sequence : sequence + 1;
        Lost += missing;
        return missing;
    }

    /// <summary>True when it is time to tell it how far this node has got.</summary>
    public bool OwesAck(HubBatch batch)
    {
        _unacknowledged += batch.Bytes.Length;
        if (_unacknowledged < AckEvery && !batch.IsHeartbeat)
            return false;
        _unacknowledged = 0;
        return true;
    }
}
