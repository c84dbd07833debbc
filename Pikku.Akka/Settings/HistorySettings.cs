namespace Pikku.Akka.Settings;

/// <summary><c>pikku.history</c>: the events that every node keeps for clients that come back.</summary>
internal sealed record HistorySettings
{
    public required int MaxMemory { get; init; }

    public required int MaxTopics { get; init; }

    public required int MaxStateMemory { get; init; }

    public required TimeSpan MaxAge { get; init; }

    public required TimeSpan PositionLifetime { get; init; }

    public required TimeSpan Wait { get; init; }

    public required int MaxWaiting { get; init; }

    public required int MaxReplay { get; init; }

    public required int MaxReplaySize { get; init; }

    /// <summary>How long an origin is named in positions after its last event: the lifetime of a position, and an hour for clocks that differ and for delays.</summary>
    internal TimeSpan ListedFor => PositionLifetime + Slack;

    /// <summary>How long the numbers of an origin are remembered: longer than positions name it.</summary>
    internal TimeSpan RememberedFor => 2 * ListedFor;

    /// <summary>The difference between the clocks of two nodes, with every delay between them, that does no harm.</summary>
    internal static TimeSpan Slack { get; } = TimeSpan.FromHours(1);

    public static HistorySettings Read(StrictReader reader) => new()
    {
        MaxMemory = reader.Size("pikku.history.max-memory", 0, Bounds.Size),
        MaxTopics = reader.Integer("pikku.history.max-topics", 1, 10_000_000),
        MaxStateMemory = reader.Size("pikku.history.max-state-memory", 0, Bounds.Size),
        MaxAge = reader.Duration("pikku.history.max-age", Bounds.Shortest, Bounds.Year),
        PositionLifetime = reader.Duration("pikku.history.position-lifetime", Bounds.Shortest, Bounds.Year),
        Wait = reader.Duration("pikku.history.wait", Bounds.Shortest, Bounds.Day),
        MaxWaiting = reader.Integer("pikku.history.max-waiting", 1, Bounds.Queue),
        MaxReplay = reader.Integer("pikku.history.max-replay", 1, Bounds.Queue),
        MaxReplaySize = reader.Size("pikku.history.max-replay-size", 1, Bounds.Size),
    };
}
