namespace Pikku.Akka.Benchmarks.Compare.Results;

/// <summary>The median, minimum and maximum of a figure over several rounds.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <summary>Returns the spread of the figures; null if there are none.</summary>
    public static Spread? Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        if (sorted.Length == 0)
            return null;
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }

    public override string ToString() => Min == Max ? Figure.Of(Median) : $"{Figure.Of(Median)} ({Figure.Of(Min)}–{Figure.Of(Max)})";
}
