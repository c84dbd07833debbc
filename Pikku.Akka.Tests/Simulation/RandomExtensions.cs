namespace Pikku.Akka.Tests.Simulation;

internal static class RandomExtensions
{
    public static double Uniform(this Random random, double from, double to) => from + ((to - from) * random.NextDouble());

    /// <summary>An interval of a Poisson process.</summary>
    public static double Exponential(this Random random, double rate) => -Math.Log(1 - random.NextDouble()) / rate;

    public static bool Chance(this Random random, double probability) => random.NextDouble() < probability;

    public static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>Picks an item by its weight.</summary>
    public static T Weighted<T>(this Random random, params ReadOnlySpan<(T Item, double Weight)> items)
    {
        var total = 0.0;
        foreach (var (_, weight) in items)
            total += weight;
        var left = random.NextDouble() * total;
        foreach (var (item, weight) in items)
        {
            if ((left -= weight) < 0)
                return item;
        }

        return items[^1].Item;
    }

    /// <summary>Picks different items.</summary>
    public static List<T> Sample<T>(this Random random, IEnumerable<T> items, int count)
    {
        var left = items.ToList();
        var picked = new List<T>();
        while (picked.Count < count && left.Count > 0)
        {
            var index = random.Next(left.Count);
            picked.Add(left[index]);
            left.RemoveAt(index);
        }

        return picked;
    }
}
