using System.Numerics;

namespace Pikku.Akka.Benchmarks.Load;

/// <summary>Log-linear latency histogram over nanoseconds: 64 sub-buckets per power of two (at most 1.6 % error).</summary>
internal sealed class Histogram
{
    private const int SubBits = 6, Sub = 1 << SubBits;
    private readonly long[] _counts = new long[(64 - SubBits) * Sub];
    public long Count { get; private set; }
    public long Max { get; private set; }

    public void Record(long ns)
    {
        if (ns < 0) ns = 0;
        if (ns > Max) Max = ns;
        Count++;
        _counts[Index((ulong)ns)]++;
    }

    private static int Index(ulong v)
    {
        if (v < Sub) return (int)v;
        int shift = 63 - BitOperations.LeadingZeroCount(v) - SubBits;
        return (shift + 1) * Sub + (int)((v >> shift) - Sub);
    }

    private static long Upper(int index)
    {
        if (index < Sub) return index;
        int shift = index / Sub - 1;
        return (((long)(index % Sub) + Sub + 1) << shift) - 1;
    }

    /// <summary>Value (ns) at or below which the given fraction of samples lies.</summary>
    public long Quantile(double q)
    {
        if (Count == 0) return 0;
        long target = Math.Max(1, (long)Math.Ceiling(q * Count)), seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= target) return Math.Min(Upper(i), Max);
        }
        return Max;
    }

    public void Reset()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = 0;
    }
}
