namespace Pikku.Akka.Settings;

/// <summary>
/// Suggests the known key, or the known name, with the fewest edits; the last part of the key counts three times. It suggests nothing when all
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

    // The edits between two texts. Two neighbors that are swapped count as one edit, because they are one slip of the fingers (optimal string alignment).
    private static int Distance(string from, string to)
    {
        var edits = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                var replaced = edits[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }

        return edits[from.Length, to.Length];
    }
}
