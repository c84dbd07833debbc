using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>What a subscribe is answered (rule P4).</summary>
/// <param name="Kind">Whether everything behind the position of the client follows.</param>
/// <param name="Reason">Why the position is lost, for <see cref="RecoveryKind.Lost"/>.</param>
/// <param name="Position">The position behind which events follow; null for a topic without history.</param>
/// <param name="Replay">The events that follow at once, for <see cref="RecoveryKind.Complete"/>.</param>
/// <param name="Topic">What this node remembers of the topic; null for nothing.</param>
internal readonly record struct Recovery(
    RecoveryKind Kind, LossReason Reason, Position? Position, IReadOnlyList<ReplicatedEvent> Replay, TopicHistory? Topic)
{
    /// <summary>The answer to a client without a position.</summary>
    public static Recovery None(Position? position) => new(RecoveryKind.None, default, position, [], null);

    public static Recovery Lost(LossReason reason, Position? position) => new(RecoveryKind.Lost, reason, position, [], null);
}
