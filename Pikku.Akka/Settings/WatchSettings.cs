namespace Pikku.Akka.Settings;

/// <summary><c>pikku.watch</c>: what operators may watch.</summary>
internal sealed record WatchSettings
{
    public required TimeSpan Duration { get; init; }

    public required TimeSpan PollInterval { get; init; }

    public required TimeSpan Lease { get; init; }

    public required int MaxUsers { get; init; }

    public required int MaxMessages { get; init; }

    public required int MaxRecordings { get; init; }

    public required int MaxRecordingSize { get; init; }

    public required int ExplainParallelism { get; init; }

    public required IReadOnlyList<string> MaskedNames { get; init; }

    public static WatchSettings Read(StrictReader reader) => new()
    {
        Duration = reader.Duration("pikku.watch.duration", TimeSpan.FromSeconds(1), Bounds.Day),
        PollInterval = reader.Duration("pikku.watch.poll-interval", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
        Lease = reader.Duration("pikku.watch.lease", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        MaxUsers = reader.Integer("pikku.watch.max-users", 1, 10_000),
        MaxMessages = reader.Integer("pikku.watch.max-messages", 1, Bounds.Queue),
        MaxRecordings = reader.Integer("pikku.watch.max-recordings", 1, 1000),
        MaxRecordingSize = reader.Size("pikku.watch.max-recording-size", 1, Bounds.Size),
        ExplainParallelism = reader.Integer("pikku.watch.explain-parallelism", 1, 4096),
        MaskedNames = reader.List("pikku.watch.masked-names", "a part of the name of a property", item => !string.IsNullOrWhiteSpace(item)),
    };
}
