using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Tests.Replication;

internal static class TestSettings
{
    public static HistorySettings History { get; } = new()
    {
        MaxMemory = 100_000,
        MaxTopics = 100,
        MaxStateMemory = 100_000,
        MaxAge = TimeSpan.FromHours(1),
        PositionLifetime = TimeSpan.FromHours(2),
        Wait = TimeSpan.FromSeconds(3),
        MaxWaiting = 100,
        MaxReplay = 50,
        MaxReplaySize = 10_000,
    };

    public static LaneLimits Limits { get; } = new()
    {
        BeatInterval = 1000, AskTimeout = 1500, CopyTimeout = 5000, ClosedFor = 600_000, MaxKept = 1000, MaxUnacknowledged = 2000, MaxAnswer = 500,
    };

    public static HistoryOptions Topic { get; } = new(10, TimeSpan.FromMinutes(10));

    public static HistoryOptions Keyed { get; } = new(10, TimeSpan.FromMinutes(10)) { IsKeyed = true };
}
