namespace Pikku.Akka.Replication;

/// <summary>What a topic knows of the numbers of one origin. It outlives the events, so that a node can still say that nothing was missed.</summary>
/// <param name="origin">The origin.</param>
/// <param name="number">The number before the first one that is known.</param>
/// <param name="time">When the newest event arrived, in milliseconds of the monotonic clock of this node.</param>
internal sealed class OriginNumbers(Origin origin, long number, long time)
{
    public Origin Origin { get; } = origin;

    /// <summary>The greatest number that was delivered.</summary>
    public long Max { get; set; } = number;

    /// <summary>The number behind which a position begins that does not name the origin.</summary>
    public long Base { get; set; } = number;

    /// <summary>The greatest number whose event is not kept any more.</summary>
    public long Floor { get; set; } = number;

    /// <summary>When the newest event arrived.</summary>
    public long LastTime { get; set; } = time;
}
