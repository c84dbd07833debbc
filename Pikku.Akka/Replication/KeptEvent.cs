namespace Pikku.Akka.Replication;

/// <summary>An event that a topic keeps. It is a member of two lists: that of its topic, and that of the lane, whose oldest events make room for new ones.</summary>
/// <param name="topic">The topic.</param>
/// <param name="content">The event.</param>
/// <param name="time">When the event arrived, in milliseconds of the monotonic clock of this node.</param>
internal sealed class KeptEvent(TopicHistory topic, ReplicatedEvent content, long time)
{
    /// <summary>The memory of this object, in bytes.</summary>
    public const int Overhead = 72;

    public TopicHistory Topic { get; } = topic;

    public ReplicatedEvent Event { get; } = content;

    public long Time { get; } = time;

    /// <summary>The next event of the topic, in order of arrival.</summary>
    public KeptEvent? Next { get; set; }

    /// <summary>The event of the lane that arrived before this one.</summary>
    public KeptEvent? PreviousInLane { get; set; }

    /// <summary>The event of the lane that arrived after this one.</summary>
    public KeptEvent? NextInLane { get; set; }

    public int Size => Event.Size + Overhead;
}
