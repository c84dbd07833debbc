namespace Pikku.Akka.Settings;

/// <summary><c>pikku.outbox</c>: what waits for a socket.</summary>
internal sealed record OutboxSettings
{
    public required int MaxMessages { get; init; }

    public required int MaxSize { get; init; }

    public required OutboxOverflow Overflow { get; init; }
}
