using System.Globalization;

namespace Pikku.Akka.Benchmarks.Compare.Results;

/// <summary>Formats figures with three digits, because more digits would be noise.</summary>
internal static class Figure
{
    public const string Missing = "–";

    public static string Of(double figure) => figure.ToString(
        Math.Abs(figure) switch { >= 100 => "#,##0", >= 10 => "0.0", >= 1 or 0 => "0.00", _ => "0.000" },
        CultureInfo.InvariantCulture);

    public static string Of(double? figure) => figure is { } known ? Of(known) : Missing;

    /// <summary>Returns the ratio of two figures; null if the divisor is 0 or missing.</summary>
    public static double? Ratio(double? ours, double? theirs) => ours is { } a && theirs is { } b && b > 0 ? a / b : null;
}
