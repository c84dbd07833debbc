namespace Pikku.Akka.Protocol;

/// <summary>What the reply to a subscribe says of the past, on <c>pikku.v1</c> (rule P4).</summary>
/// <param name="Recovery"><c>none</c>, <c>complete</c> or <c>lost</c>.</param>
internal sealed record SubscribedReply(string Recovery)
{
    public const string None = "none";

    public const string Complete = "complete";

    public const string Lost = "lost";

    /// <summary>Why the position is lost: <c>expired</c>, <c>limit</c> or <c>unknown</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The position behind which events follow; null for a topic without history.</summary>
    public string? Position { get; init; }

    /// <summary>How many events follow at once, because the client has missed them; null unless the recovery is complete.</summary>
    public int? Replayed { get; init; }

    /// <summary>The state of the topic as JSON; null when the reply has none.</summary>
    public byte[]? Snapshot { get; init; }

    /// <summary>The keys of the entries in <see cref="Snapshot"/> as JSON, in their order; null unless the topic is a presence topic (rule P10).</summary>
    public byte[]? Keys { get; init; }
}
