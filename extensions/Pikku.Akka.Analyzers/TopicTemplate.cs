namespace Pikku.Akka.Analyzers;

/// <summary>The template of a family of topics, parsed by the rules of the library, which a test compares.</summary>
internal sealed class TopicTemplate
{
    private TopicTemplate(string text, List<string> placeholders) => (Text, Placeholders) = (text, placeholders);

    /// <summary>The template.</summary>
    public string Text { get; }

    /// <summary>The names of the placeholders in their order; at least one.</summary>
    public List<string> Placeholders { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="text">The text.</param>
    /// <param name="template">The template; null when the text is not a template.</param>
    /// <param name="problem">Why the text is not a template; null for a template.</param>
    public static bool TryParse(string text, out TopicTemplate? template, out string? problem)
    {
        template = null;
        problem = null;
        var placeholders = new List<string>();
        var start = 0;
        for (var open = text.IndexOf('{'); open >= 0; open = text.IndexOf('{', start))
        {
            var close = text.IndexOfAny(['{', '}'], open + 1);
            if (close < 0 || text[close] == '{' || text.IndexOf('}', start, open - start) >= 0)
                break;
            var name = text.Substring(open + 1, close - open - 1);
            problem = ProblemOf(text, open, close, name, placeholders);
            if (problem is not null)
                return false;
            placeholders.Add(name);
            start = close + 1;
        }

        if (text.IndexOfAny(['{', '}'], start) >= 0)
            problem = "has unbalanced braces; write each placeholder as {name}";
        else if (placeholders.Count == 0)
            problem = "has no placeholder; declare a single topic without a type of the key, or add {name}";
        else
            template = new TopicTemplate(text, placeholders);
        return template is not null;
    }

    /// <summary>The template with another name of a placeholder.</summary>
    public string Rename(string placeholder, string name) => Text.Replace($"{{{placeholder}}}", $"{{{name}}}");

    /// <summary>The template with one more placeholder.</summary>
    public string Append(string placeholder) => $"{Text}{(Text.IndexOf('/') >= 0 && Text.IndexOf(':') < 0 ? '/' : ':')}{{{placeholder}}}";

    private static string? ProblemOf(string text, int open, int close, string name, List<string> others)
    {
        if (name.Length == 0 || char.IsDigit(name[0]) || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
            return $"has the placeholder '{{{name}}}', which is not a name; name a property of the key";
        if (open > 0 && !IsSeparator(text[open - 1]) || close < text.Length - 1 && !IsSeparator(text[close + 1]))
            return $"has the placeholder '{{{name}}}' beside other text; put ':' or '/' between them, so that a placeholder is a whole part of the name";
        return others.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"has the placeholder '{{{name}}}' twice; remove one" : null;
    }

    private static bool IsSeparator(char c) => c is ':' or '/';
}
