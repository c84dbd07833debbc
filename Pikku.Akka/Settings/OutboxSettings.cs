namespace Pikku.Akka.Settings;

/// <summary><c>pikku.outbox</c>: the queue of what is sent to one client.</summary>
internal sealed record OutboxSettings
{
    public required int MaxMessages { get; init; }

    public required int MaxSize { get; init; }

    public required OutboxOverflow Overflow { get; init; }

    public required int MaxWaiting { get; init; }

    public required TimeSpan StallTimeout { get; init; }

    public static OutboxSettings Read(StrictReader reader) => new()
    {
        MaxMessages = reader.Integer("pikku.outbox.max-messages", 1, Bounds.Queue),
        MaxSize = reader.Size("pikku.outbox.max-size", 1, Bounds.Size),
        Overflow = reader.Choice<OutboxOverflow>("pikku.outbox.overflow"),
        MaxWaiting = reader.Integer("pikku.outbox.max-waiting", 1, Bounds.Queue),
        StallTimeout = reader.DurationOrInfinite("pikku.outbox.stall-timeout", Bounds.Shortest, Bounds.Day),
    };
}
