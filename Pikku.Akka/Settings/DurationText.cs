using System.Globalization;

namespace Pikku.Akka.Settings;

/// <summary>Durations as text: a number and a unit. A number without a unit is refused because it does not say whether it means seconds.</summary>
internal static class DurationText
{
    public const string Units = "ms, s, m, h, d";

    public const string Infinite = "infinite";

    // "ms" also ends with "s" and must be tried first.
    private static readonly (string Unit, long Ticks)[] Factors =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
    ];

    /// <summary>Parses a finite duration; null when the text is not a duration.</summary>
    public static TimeSpan? Parse(string text)
    {
        foreach (var (unit, ticks) in Factors)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal))
                continue;
            return decimal.TryParse(
                       text[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                   && number <= long.MaxValue / ticks
                ? TimeSpan.FromTicks((long)(number * ticks))
                : null;
        }

        return null;
    }

    public static string Format(TimeSpan duration)
    {
        if (duration == Timeout.InfiniteTimeSpan)
            return Infinite;
        foreach (var (unit, ticks) in Factors.Skip(1))
            if (duration.Ticks >= ticks && duration.Ticks % ticks == 0)
                return (duration.Ticks / ticks).ToString(CultureInfo.InvariantCulture) + unit;
        return duration.TotalMilliseconds.ToString(CultureInfo.InvariantCulture) + "ms";
    }
}
