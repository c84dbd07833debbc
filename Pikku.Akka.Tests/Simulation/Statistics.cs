namespace Pikku.Akka.Tests.Simulation;

/// <summary>What happened how often, over one run or many.</summary>
internal sealed class Statistics
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long this[string what] => _counts.GetValueOrDefault(what);

    public void Count(string what, long times = 1) => _counts[what] = this[what] + times;

    public void Add(Statistics other)
    {
        foreach (var (what, times) in other._counts)
            Count(what, times);
    }

    public override string ToString() => string.Join(Environment.NewLine, _counts.Select(entry => $"  {entry.Key}: {entry.Value}"));
}
