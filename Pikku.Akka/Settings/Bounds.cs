namespace Pikku.Akka.Settings;

/// <summary>What several settings share: how far their values may go, and what <c>auto</c> means.</summary>
internal static class Bounds
{
    /// <summary>Bytes. What counts sizes is an <see cref="int"/>; half of its range leaves room to add two of them.</summary>
    public const int Size = 1 << 30;

    /// <summary>Entries. More than a million things that wait are not a queue but a leak.</summary>
    public const int Queue = 1_000_000;

    /// <summary>Lanes. More than cores gain nothing; 64 covers the machines of today.</summary>
    public const int Lanes = 64;

    // Eight lanes carry more than one network card delivers; beyond them each is idle most of the time.
    private const int MostAutoLanes = 8;

    /// <summary>Time is kept in milliseconds, and none of them means "at once".</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Of what is kept by a timer: .NET's end at 49 days, and no request is meant to last that long.</summary>
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Of what is compared with a clock.</summary>
    public static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public static int AutoLanes => Math.Min(Environment.ProcessorCount, MostAutoLanes);
}
