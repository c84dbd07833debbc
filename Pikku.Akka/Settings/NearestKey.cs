namespace Pikku.Akka.Settings;

/// <summary>
/// Guesses which key was meant: the one with the smallest Levenshtein distance, in which the last part counts threefold. One that is far from
/// all of them is no misspelling, and nothing is guessed.
/// </summary>
internal static class NearestKey
{
    // A key is more often put into the wrong section than it is misspelt beyond recognition.
    public static string? Of(string key, IEnumerable<string> known) =>
        known.MinBy(candidate => Distance(key, candidate) + 2 * Distance(Last(key), Last(candidate))) is { } nearest && IsNear(Last(key), Last(nearest))
            ? nearest
            : null;

    // One letter of three, as "lane" and "lanes", "timout" and "timeout": of more it is another word.
    private static bool IsNear(string written, string meant) => 3 * Distance(Plain(written), Plain(meant)) <= Math.Max(written.Length, meant.Length);

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string Last(string key) => key[(key.LastIndexOf('.') + 1)..];

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
