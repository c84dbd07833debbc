namespace Pikku.Akka.Inspection;

/// <summary>
/// Buckets for durations whose widths grow by a constant factor, so that a quantile of any size is off by at most 5 %. Buckets of several nodes can be added, which quantiles
/// can't.
/// </summary>
internal static class DurationBuckets
{
    public const int Count = 200; // up to 5 minutes; longer durations count as the last bucket

    private const double First = 10e-6; // seconds; shorter durations are of no interest to a person
    private const int PerDoubling = 8; // 2^(1/8) = 1.09

    public static int Of(double seconds) =>
        seconds <= First ? 0 : Math.Min(Count - 1, (int)Math.Ceiling(Math.Log2(seconds / First) * PerDoubling));

    /// <summary>A quantile, in milliseconds.</summary>
    /// <param name="counts">The calls by bucket.</param>
    /// <param name="quantile">The quantile, from 0 to 1.</param>
    public static double Quantile(IReadOnlyCollection<KeyValuePair<int, long>> counts, double quantile)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(counts.Sum(bucket => bucket.Value) * quantile));
        foreach (var (bucket, count) in counts.OrderBy(bucket => bucket.Key))
        {
            rank -= count;
            if (rank <= 0)
                return First * Math.Pow(2, (bucket - 0.5) / PerDoubling) * 1000; // the geometric middle of the bucket
        }

        return 0;
    }
}
