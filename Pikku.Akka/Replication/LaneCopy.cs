namespace Pikku.Akka.Replication;

/// <summary>A copy of another node's lane that is under way. The parts are put aside until all are here: a part of a copy is worth nothing.</summary>
/// <param name="source">The node that is copied.</param>
/// <param name="number">The number of the copy.</param>
/// <param name="now">The time in milliseconds.</param>
internal sealed class LaneCopy(int source, long number, long now)
{
    private readonly List<TopicPicture> _topics = [];

    /// <summary>The node that is copied.</summary>
    public int Source { get; } = source;

    /// <summary>The number of the copy.</summary>
    public long Number { get; } = number;

    /// <summary>When the last part arrived, in milliseconds.</summary>
    public long HeardAt { get; private set; } = now;

    /// <summary>When the next part was last asked for, in milliseconds.</summary>
    public long PulledAt { get; set; } = now;

    /// <summary>The first part; null before it is here.</summary>
    public LaneMessage.CopyHead? Head { get; private set; }

    /// <summary>When the copy was taken, in milliseconds of the clock of this node: not before the first part arrived, so ages are at most a delay too low.</summary>
    public long TakenAt { get; private set; }

    /// <summary>The number of the next part.</summary>
    public int Index { get; private set; }

    /// <summary>True when all parts are here.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The topics of all parts.</summary>
    public IReadOnlyList<TopicPicture> Topics => _topics;

    /// <returns>False for a part that was not asked for.</returns>
    public bool Receive(LaneMessage.CopyHead head, long time)
    {
        if (head.Copy != Number || Head is not null)
            return false;
        (Head, TakenAt, HeardAt, Index) = (head, time, time, 1);
        return true;
    }

    /// <returns>False for a part that was not asked for.</returns>
    public bool Receive(LaneMessage.CopyChunk chunk, long time)
    {
        if (chunk.Copy != Number || Head is null || chunk.Index != Index)
            return false;
        foreach (var topic in chunk.Topics)
        {
            if (_topics is [.., var last] && last.Name == topic.Name)
                _topics[^1] = last with { Events = [.. last.Events, .. topic.Events], Entries = [.. last.Entries, .. topic.Entries] };
            else
                _topics.Add(topic);
        }

        (HeardAt, IsComplete) = (time, chunk.IsLast);
        Index++;
        return true;
    }
}
