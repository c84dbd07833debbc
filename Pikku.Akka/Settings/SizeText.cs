using System.Globalization;

namespace Pikku.Akka.Settings;

/// <summary>
/// Sizes as text: a number and a unit. The unit is required, and only unambiguous spellings are accepted: <c>1m</c> could mean a
/// megabyte or a mebibyte, and in a duration it means a minute.
/// </summary>
internal static class SizeText
{
    public const string Units = "B, kB, KiB, MB, MiB, GB, GiB";

    // The longer units also end with "B" and must be tried first.
    private static readonly (string Unit, long Bytes)[] Factors =
    [
        ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000),
        ("B", 1),
    ];

    public static long? Parse(string text)
    {
        foreach (var (unit, bytes) in Factors)
            if (text.EndsWith(unit, StringComparison.Ordinal))
                return Whole(text[..^unit.Length].TrimEnd(), bytes);
        return null;
    }

    public static string Format(long bytes)
    {
        foreach (var (unit, factor) in Factors)
            if (unit.EndsWith("iB", StringComparison.Ordinal) && bytes >= factor && bytes % factor == 0)
                return (bytes / factor).ToString(CultureInfo.InvariantCulture) + unit;
        return bytes.ToString(CultureInfo.InvariantCulture) + "B";
    }

    private static long? Whole(string number, long factor)
    {
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || value > long.MaxValue / factor)
            return null;
        var bytes = value * factor;
        return decimal.IsInteger(bytes) ? (long)bytes : null;
    }
}
