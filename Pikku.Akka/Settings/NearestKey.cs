namespace Pikku.Akka.Settings;

/// <summary>
/// Suggests the known key with the smallest Levenshtein distance; the last part of the key counts three times. It suggests nothing when all
/// known keys differ too much, because then the key is not a misspelling.
/// </summary>
internal static class NearestKey
{
    // Operators put a key into the wrong section more often than they misspell it beyond recognition.
    public static string? Of(string key, IEnumerable<string> known) =>
        known.MinBy(candidate => Distance(key, candidate) + 2 * Distance(Last(key), Last(candidate))) is { } nearest && IsNear(Last(key), Last(nearest))
            ? nearest
            : null;

    // At most one letter in three may differ, as in "lane" and "lanes" or "timout" and "timeout"; with more it is another word.
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
