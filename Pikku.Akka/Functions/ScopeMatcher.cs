namespace Pikku.Akka.Functions;

/// <summary>Checks whether the scopes of a session include a required scope.</summary>
internal static class ScopeMatcher
{
    private const char Separator = ':';

    /// <summary>
    /// True for the scope itself, an ancestor of it (<c>admin</c>) or a wildcard (<c>admin:*</c>, <c>*</c>). A wildcard also includes the scope before
    /// it: <c>admin:*</c> and <c>admin</c> are the same.
    /// </summary>
    public static bool Satisfies(IReadOnlyCollection<string> held, string needed)
    {
        foreach (var scope in held)
            if (Covers(scope, needed))
                return true;
        return false;
    }

    private static bool Covers(ReadOnlySpan<char> held, ReadOnlySpan<char> needed)
    {
        if (held is "*" || held.SequenceEqual(needed))
            return true;
        var root = held.EndsWith(":*") ? held[..^2] : held;
        return !root.IsEmpty && needed.StartsWith(root, StringComparison.Ordinal) && (needed.Length == root.Length || needed[root.Length] == Separator);
    }
}
