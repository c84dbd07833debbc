namespace Pikku.Akka.Settings;

/// <summary><c>pikku.event-stream</c>: event streams (Server-Sent Events).</summary>
internal sealed record EventStreamSettings
{
    public required TimeSpan Retry { get; init; }

    public static EventStreamSettings Read(StrictReader reader) => new()
    {
        Retry = reader.Duration("pikku.event-stream.retry", Bounds.Shortest, Bounds.Day),
    };

    /// <summary>The time for one client: between a half and the whole of the setting.</summary>
    public TimeSpan NewRetry() => Retry * (0.5 + Random.Shared.NextDouble() / 2);
}
