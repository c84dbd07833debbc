namespace Pikku.Akka.Replication;

/// <summary>What a node answers to a client that asks for what lies behind a position (rule P4).</summary>
internal enum VerdictKind
{
    /// <summary>Everything behind the position follows.</summary>
    Complete,

    /// <summary>Not everything is kept; the reason says why.</summary>
    Lost,

    /// <summary>This node does not know yet: it lacks something that the client has, or knows that it lacks something.</summary>
    Wait,
}

/// <summary>Why a position is lost.</summary>
internal enum LossReason
{
    /// <summary>The events are not kept any more, or the position is too old.</summary>
    Expired,

    /// <summary>More events lie behind the position than one subscribe replays.</summary>
    Limit,

    /// <summary>The position is of another history, or names numbers that this node does not reach.</summary>
    Unknown,
}

/// <summary>The judgement of a position.</summary>
/// <param name="Kind">What is answered.</param>
/// <param name="Reason">Why the position is lost.</param>
/// <param name="Start">Where the replay begins, for <see cref="VerdictKind.Complete"/>.</param>
/// <param name="Replay">What lies behind <paramref name="Start"/>, in order of arrival, for <see cref="VerdictKind.Complete"/>.</param>
internal readonly record struct Verdict(VerdictKind Kind, LossReason Reason, Position? Start, IReadOnlyList<ReplicatedEvent> Replay)
{
    public static Verdict Wait { get; } = new(VerdictKind.Wait, default, null, []);

    public static Verdict Lost(LossReason reason) => new(VerdictKind.Lost, reason, null, []);

    public static Verdict Complete(Position start, IReadOnlyList<ReplicatedEvent> replay) => new(VerdictKind.Complete, default, start, replay);
}
