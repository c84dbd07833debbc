namespace Pikku.Akka.Settings;

/// <summary>Guesses which key was meant: the one with the smallest Levenshtein distance.</summary>
internal static class NearestKey
{
    public static string Of(string key, IEnumerable<string> known) => known.MinBy(candidate => Distance(key, candidate))!;

    private static int Distance(string from, string to)
    {
        var previous = Enumerable.Range(0, to.Length + 1).ToArray();
        var current = new int[to.Length + 1];
        for (var i = 0; i < from.Length; i++)
        {
            current[0] = i + 1;
            for (var j = 0; j < to.Length; j++)
            {
                var replaced = previous[j] + (from[i] == to[j] ? 0 : 1);
                current[j + 1] = Math.Min(replaced, 1 + Math.Min(previous[j + 1], current[j]));
            }

            (previous, current) = (current, previous);
        }

        return previous[to.Length];
    }
}
