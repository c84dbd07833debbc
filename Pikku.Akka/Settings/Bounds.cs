namespace Pikku.Akka.Settings;

/// <summary>The limits that several settings share, and the value of <c>auto</c>.</summary>
internal static class Bounds
{
    /// <summary>Bytes. Sizes are counted as <see cref="int"/>; half of its range leaves room to add two of them.</summary>
    public const int Size = 1 << 30;

    /// <summary>Entries. A queue with more than a million waiting entries is a leak.</summary>
    public const int Queue = 1_000_000;

    /// <summary>Lanes. More lanes than cores gain nothing, and current machines have at most about 64 cores.</summary>
    public const int Lanes = 64;

    // Eight lanes process more than one network card delivers; further lanes would be idle most of the time.
    private const int MostAutoLanes = 8;

    /// <summary>The shortest duration. Durations are measured in milliseconds, and 0 ms would mean "at once".</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest duration of a timer. The timers of .NET end at 49 days, and no request is meant to last a day.</summary>
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The longest duration that is compared with a clock instead of waited for by a timer.</summary>
    public static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public static int AutoLanes => Math.Min(Environment.ProcessorCount, MostAutoLanes);
}
