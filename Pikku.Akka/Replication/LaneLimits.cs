namespace Pikku.Akka.Replication;

/// <summary>The limits and intervals of a <see cref="Lane"/>. Times are in milliseconds, sizes in bytes.</summary>
internal sealed record LaneLimits
{
    /// <summary>The value of <see cref="ClosedFor"/> on every node: several times the longest pause after which a node is still a member.</summary>
    public const long DefaultClosedFor = 600_000; // milliseconds

    /// <summary>The interval of the beats.</summary>
    public required long BeatInterval { get; init; }

    /// <summary>How long an ask waits for its answer before another member is asked.</summary>
    public required long AskTimeout { get; init; }

    /// <summary>How long a copy waits for its source before it begins anew with another one.</summary>
    public required long CopyTimeout { get; init; }

    /// <summary>How long the batches of a removed member, and the removals of keys, are remembered.</summary>
    public required long ClosedFor { get; init; }

    /// <summary>The size of the delivered batches of one node that are kept for others.</summary>
    public required long MaxKept { get; init; }

    /// <summary>The bytes that may be sent to a member that has not acknowledged them, and that are held for delivery from one.</summary>
    public required long MaxUnacknowledged { get; init; }

    /// <summary>The size of the answer to one ask, and of one part of a copy.</summary>
    public required long MaxAnswer { get; init; }

    /// <summary>The bytes after whose delivery an acknowledgement is sent before the next beat.</summary>
    public long AcknowledgeEvery => Math.Min(256 * 1024, MaxUnacknowledged / 8);
}
