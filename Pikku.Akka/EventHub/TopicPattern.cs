namespace Pikku.Akka.EventHub;

/// <summary>The name of a family of topics. A part in braces matches any text that is not empty: <c>room:{roomId}</c>.</summary>
internal sealed class TopicPattern
{
    private readonly string[] _literals;

    /// <param name="name">The name. An opening brace without a closing brace is literal text.</param>
    public TopicPattern(string name)
    {
        Name = name;
        var literals = new List<string>();
        var start = 0;
        for (var open = name.IndexOf('{', StringComparison.Ordinal); open >= 0; open = name.IndexOf('{', start))
        {
            var close = name.IndexOf('}', open);
            if (close < 0)
                break;
            literals.Add(name[start..open]);
            start = close + 1;
        }

        literals.Add(name[start..]);
        _literals = [.. literals];
    }

    /// <summary>The name as it was declared.</summary>
    public string Name { get; }

    /// <summary>True for the name of a family, false for the name of one topic.</summary>
    public static bool IsFamily(string name) => name.Contains('{', StringComparison.Ordinal);

    /// <summary>True when a topic belongs to this family.</summary>
    public bool Matches(ReadOnlySpan<char> topic)
    {
        if (!topic.StartsWith(_literals[0], StringComparison.Ordinal))
            return false;
        topic = topic[_literals[0].Length..];
        for (var i = 1; i < _literals.Length - 1; i++)
        {
            // The first match leaves the most text for the literals that follow.
            var at = topic.Length == 0 ? -1 : topic[1..].IndexOf(_literals[i], StringComparison.Ordinal);
            if (at < 0)
                return false;
            topic = topic[(1 + at + _literals[i].Length)..];
        }

        return topic.Length > _literals[^1].Length && topic.EndsWith(_literals[^1], StringComparison.Ordinal);
    }
}
