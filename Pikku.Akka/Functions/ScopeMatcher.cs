namespace Pikku.Akka.Functions;

/// <summary>Whether the scopes that a session holds satisfy one that is needed.</summary>
internal static class ScopeMatcher
{
    private const char Separator = ':';

    /// <summary>True for the scope itself, an ancestor of it (<c>admin</c>) or a wildcard over it (<c>admin:*</c>, <c>*</c>).</summary>
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
        return !root.IsEmpty && needed.Length > root.Length && needed[root.Length] == Separator && needed.StartsWith(root, StringComparison.Ordinal);
    }
}
