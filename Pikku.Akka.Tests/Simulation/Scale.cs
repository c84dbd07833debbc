using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>The limits of the simulated cluster, small enough that every one of them is reached in each run. Intervals are in seconds of the simulation.</summary>
internal static class Scale
{
    public const double PositionLifetime = 60;
    public const double Slack = 30; // HistorySettings.Slack
    public const double ListedFor = PositionLifetime + Slack;
    public const double RememberedFor = 2 * ListedFor;
    public const double MaxAge = 35;
    public const double Beat = 1;
    public const double Tick = Beat / 3;
    public const double ClosedFor = 80;
    public const double Wait = 4;

    /// <summary>How long after a clear a write has to know it. Shorter than <see cref="ClosedFor"/>, after which nodes forget the clear, each at a time of its own.</summary>
    public const double ClearsCountFor = ClosedFor / 2;

    /// <summary>How long a login makes updates.</summary>
    public const double LoginTime = 20;

    /// <summary>How long an entry lives in the runs whose entries expire.</summary>
    public const double EntryLifetime = 25;

    /// <summary>After which a member is removed that died or was frozen.</summary>
    public const double Detection = 15;

    /// <summary>After which a member counts as unreachable that was not heard.</summary>
    public const double Unreachable = 4;

    public const double FaultsEnd = 310;
    public const double PublishEnd = 330;
    public const double End = 430;

    public const int MaxEvents = 24;
    public const int MaxNodes = 5;
    public const int Clients = 6;

    private const int KeptEventSize = SimulatedEvent.UsualSize + KeptEvent.Overhead;
    private const int BatchSize = 20 + (2 * SimulatedEvent.UsualSize);

    public const string Keyed = "k";
    public const string Unnumbered = "u";

    /// <summary>Keeps the sessions of users, in the runs that have logins.</summary>
    public const string Store = "s";

    /// <summary>Topics with a history: one is busy, one is not, and one is idle for longer than positions live.</summary>
    public static readonly string[] Topics = ["a", "b", "c"];
    public static readonly string[] Keys = ["k1", "k2", "k3"];
    public static readonly string[] Users = ["ann", "bob"];

    /// <summary>Logs out, and in again when the nodes forget that, some earlier than others.</summary>
    public const string RareUser = "eve";

    public static HistorySettings History { get; } = new()
    {
        MaxMemory = 50 * KeptEventSize,
        MaxTopics = 1000,
        MaxStateMemory = 100_000,
        MaxAge = Of(MaxAge),
        PositionLifetime = Of(PositionLifetime),
        Wait = Of(Wait),
        MaxWaiting = 100,
        MaxReplay = MaxEvents - 4,
        MaxReplaySize = MaxEvents * SimulatedEvent.UsualSize,
    };

    /// <summary>Topics that exist in a part of the runs, more than a node then remembers.</summary>
    public static readonly string[] Crowd = ["e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7"];

    public static HistorySettings CrowdedHistory { get; } = History with { MaxTopics = 6 };

    public static LaneLimits Limits { get; } = new()
    {
        BeatInterval = Scheduler.Milliseconds(Beat),
        AskTimeout = Scheduler.Milliseconds(1.4),
        CopyTimeout = Scheduler.Milliseconds(5),
        ClosedFor = Scheduler.Milliseconds(ClosedFor),
        MaxKept = 6 * BatchSize,
        MaxUnacknowledged = 8 * BatchSize,
        MaxAnswer = 5 * SimulatedEvent.UsualSize,
    };

    public static HistoryOptions? OptionsOf(string topic, SimulatedCluster cluster) => topic switch
    {
        Unnumbered => null,
        Keyed => cluster.EntriesExpire ? s_expiring : s_keyed,
        Store => cluster.Mutator.Is(Mutation.EndlessClear) ? s_endless : s_store,
        _ => s_plain,
    };

    private static readonly HistoryOptions s_plain = new(MaxEvents, Of(MaxAge));
    private static readonly HistoryOptions s_keyed = new(MaxEvents, Of(MaxAge)) { IsKeyed = true };
    private static readonly HistoryOptions s_store = new(0, TimeSpan.Zero) { IsKeyed = true, Bounds = new EntryBounds(100, 100_000, Of(End), Scheduler.Milliseconds(ClearsCountFor)) };
    private static readonly HistoryOptions s_endless = s_store with { Bounds = s_store.Bounds! with { ClearsCountFor = long.MaxValue } };
    private static readonly HistoryOptions s_expiring = s_keyed with { EntryLifetime = Of(EntryLifetime) };

    private static TimeSpan Of(double seconds) => TimeSpan.FromMilliseconds(Scheduler.Milliseconds(seconds));
}
