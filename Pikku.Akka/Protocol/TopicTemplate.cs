using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The template of a family of topics: text with placeholders, such as <c>board:{boardId}</c>. A placeholder is a whole part of the name: it has a separator
/// (<c>:</c> or <c>/</c>) or an end of the name on each side, and a value never contains a separator (<see cref="TopicText"/>). Therefore a name has at most
/// one set of values, and matching needs no search.
/// </summary>
internal sealed class TopicTemplate
{
    private static readonly SearchValues<char> s_braces = SearchValues.Create("{}");

    // The text before, between and after the placeholders: one more than there are placeholders.
    private readonly string[] _literals;

    private TopicTemplate(string text, string[] literals, string[] placeholders)
    {
        Text = text;
        _literals = literals;
        Placeholders = placeholders;
    }

    /// <summary>The template as it was written.</summary>
    public string Text { get; }

    /// <summary>The names of the placeholders in their order; at least one.</summary>
    public IReadOnlyList<string> Placeholders { get; }

    /// <summary>True for text with a brace, which is either a template or a mistake.</summary>
    public static bool HasBraces(string text) => text.AsSpan().ContainsAny(s_braces);

    /// <summary>Parses a template.</summary>
    /// <param name="text">The text.</param>
    /// <param name="template">The template; null when the text is not a template.</param>
    /// <param name="problem">Why the text is not a template, and the fix, as the end of a sentence that begins with the topic; null for a template.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out TopicTemplate? template, [NotNullWhen(false)] out string? problem)
    {
        template = null;
        var literals = new List<string>();
        var placeholders = new List<string>();
        var start = 0;
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', start))
        {
            var close = text.AsSpan(open + 1).IndexOfAny(s_braces) + open + 1;
            if (close == open || text[close] == '{' || text.AsSpan(start, open - start).Contains('}'))
            {
                problem = "has unbalanced braces; write each placeholder as {name}";
                return false;
            }

            var name = text[(open + 1)..close];
            if (!IsIdentifier(name))
            {
                problem = $"has the placeholder '{{{name}}}', which is not a name; name a property of the key";
                return false;
            }

            if (!IsWholePart(text, open, close))
            {
                problem = $"has the placeholder '{{{name}}}' beside other text; put ':' or '/' between them, so that a placeholder is a whole part of the name";
                return false;
            }

            if (placeholders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                problem = $"has the placeholder '{{{name}}}' twice; remove one";
                return false;
            }

            literals.Add(text[start..open]);
            placeholders.Add(name);
            start = close + 1;
        }

        literals.Add(text[start..]);
        if (literals[^1].Contains('}', StringComparison.Ordinal))
            problem = "has unbalanced braces; write each placeholder as {name}";
        else if (placeholders.Count == 0)
            problem = "has no placeholder; declare a single topic without a type of the key, or add {name}";
        else
            problem = null;
        if (problem is null)
            template = new TopicTemplate(text, [.. literals], [.. placeholders]);
        return template is not null;
    }

    /// <summary>The same template with other names of the placeholders.</summary>
    public TopicTemplate Rename(Func<string, string> rename)
    {
        string[] placeholders = [.. Placeholders.Select(rename)];
        return new TopicTemplate(Join(placeholders.Select(name => $"{{{name}}}")), _literals, placeholders);
    }

    /// <summary>The name of the topic with these values.</summary>
    /// <param name="values">One unescaped value for each placeholder.</param>
    public string Format(params ReadOnlySpan<string> values)
    {
        var name = new StringBuilder(_literals[0]);
        for (var i = 0; i < values.Length; i++)
        {
            TopicText.AppendEscaped(name, values[i]);
            name.Append(_literals[i + 1]);
        }

        return name.ToString();
    }

    /// <summary>Finds the values in a name. They are still escaped, and they may be empty.</summary>
    /// <param name="name">The name of a topic.</param>
    /// <param name="values">One value for each placeholder; null when the name does not belong to the family.</param>
    public bool TryMatch(ReadOnlySpan<char> name, [NotNullWhen(true)] out string[]? values)
    {
        values = null;
        if (!Matches(name, out _))
            return false;
        values = new string[Placeholders.Count];
        name = name[_literals[0].Length..];
        for (var i = 0; i < values.Length; i++)
        {
            var value = TopicText.FirstPart(name);
            values[i] = value.ToString();
            name = name[(value.Length + _literals[i + 1].Length)..];
        }

        return true;
    }

    /// <summary>True for a name that belongs to the family, with a value that is not empty for each placeholder.</summary>
    public bool Matches(ReadOnlySpan<char> name) => Matches(name, out var hasEmpty) && !hasEmpty;

    /// <summary>True when a name can belong to both families.</summary>
    public bool Overlaps(TopicTemplate other)
    {
        var (mine, theirs) = (Parts(), other.Parts());
        return mine.Count == theirs.Count && mine.Zip(theirs).All(pair => pair.First is null || pair.Second is null || pair.First == pair.Second);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private bool Matches(ReadOnlySpan<char> name, out bool hasEmpty)
    {
        hasEmpty = false;
        if (!name.StartsWith(_literals[0], StringComparison.Ordinal))
            return false;
        name = name[_literals[0].Length..];
        foreach (var literal in _literals.AsSpan(1))
        {
            var length = TopicText.FirstPart(name).Length;
            hasEmpty |= length == 0;
            name = name[length..];
            if (!name.StartsWith(literal, StringComparison.Ordinal))
                return false;
            name = name[literal.Length..];
        }

        return name.IsEmpty;
    }

    // The parts between the separators, and the separators themselves; null for a placeholder.
    private List<string?> Parts()
    {
        var parts = new List<string?>();
        for (var i = 0; i < _literals.Length; i++)
        {
            if (i > 0)
                parts.Add(null);
            for (var rest = _literals[i].AsSpan(); !rest.IsEmpty;)
            {
                var part = rest[..Math.Max(1, TopicText.FirstPart(rest).Length)];
                parts.Add(part.ToString());
                rest = rest[part.Length..];
            }
        }

        return parts;
    }

    private string Join(IEnumerable<string> placeholders) =>
        string.Concat(_literals.Zip(placeholders.Append(""), (literal, placeholder) => literal + placeholder));

    private static bool IsWholePart(string text, int open, int close) =>
        (open == 0 || TopicText.IsSeparator(text[open - 1])) && (close == text.Length - 1 || TopicText.IsSeparator(text[close + 1]));

    private static bool IsIdentifier(string name) => name.Length > 0 && !char.IsDigit(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c == '_');
}
