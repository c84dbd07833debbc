using System.Text.RegularExpressions;

namespace Pikku.Akka.Tests.Observability;

/// <summary>
/// Reads the part of PromQL that the dashboard and the alerts use: selectors with matchers and ranges, functions, aggregations, operators. Anything else is an error, and
/// so are a rate of an instant vector, an aggregation of a range, and a quantile of a histogram whose buckets are not kept apart by <c>le</c>.
/// </summary>
internal sealed partial class PromQl
{
    private static readonly HashSet<string> s_aggregations = ["sum", "max", "min", "avg", "count", "topk"];
    private static readonly HashSet<string> s_overRanges = ["rate", "increase"];
    private static readonly HashSet<string> s_functions = ["histogram_quantile", "vector"];

    // From the weakest to the strongest.
    private static readonly string[][] s_operators = [["or"], ["and", "unless"], ["==", "!=", ">", "<", ">=", "<="], ["+", "-"], ["*", "/"]];

    private readonly List<string> _tokens;
    private readonly List<Selector> _selectors = [];
    private int _at;

    private PromQl(string text)
    {
        _tokens = [.. Token().Matches(text).Select(match => match.Value).Where(token => !string.IsNullOrWhiteSpace(token))];
        if (string.Concat(_tokens) != string.Concat(text.Where(c => !char.IsWhiteSpace(c)).ToArray()) && !text.Contains('"', StringComparison.Ordinal))
            throw new FormatException($"There is a character that is no part of PromQL: {text}");
    }

    private enum Kind
    {
        Scalar,
        Instant,
        Range,
    }

    /// <summary>One selector of an expression, with all labels that the expression reads of it.</summary>
    public sealed record Selector(string Metric, HashSet<string> Labels);

    private string? Next => _at < _tokens.Count ? _tokens[_at] : null;

    /// <summary>Parses an expression.</summary>
    /// <returns>Its selectors.</returns>
    /// <exception cref="FormatException">The text is not an expression.</exception>
    public static IReadOnlyList<Selector> Parse(string text)
    {
        var reader = new PromQl(text);
        var kind = reader.ReadOperation(0);
        if (reader.Next is { } rest)
            throw new FormatException($"Nothing may follow at '{rest}': {text}");
        if (kind == Kind.Range)
            throw new FormatException($"A range has no value: {text}");
        return reader._selectors;
    }

    private Kind ReadOperation(int level)
    {
        if (level == s_operators.Length)
            return ReadOperand();
        var kind = ReadOperation(level + 1);
        while (Next is { } word && s_operators[level].Contains(word))
        {
            _at++;
            var right = ReadOperation(level + 1);
            if (kind == Kind.Range || right == Kind.Range)
                throw new FormatException($"The operator '{word}' takes no range.");
            if (level < 2 && (kind == Kind.Scalar || right == Kind.Scalar))
                throw new FormatException($"The operator '{word}' takes vectors.");
            kind = kind == Kind.Scalar && right == Kind.Scalar ? Kind.Scalar : Kind.Instant;
        }

        return kind;
    }

    private Kind ReadOperand()
    {
        var word = Take();
        if (word == "(")
        {
            var inner = ReadOperation(0);
            Expect(")");
            return inner;
        }

        if (char.IsAsciiDigit(word[0]))
            return double.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out _) ? Kind.Scalar : throw new FormatException($"'{word}' is no number.");
        if (s_aggregations.Contains(word))
            return ReadAggregation(word);
        if (s_overRanges.Contains(word))
        {
            ReadArguments(Kind.Range);
            return Kind.Instant;
        }

        if (s_functions.Contains(word))
            return ReadFunction(word);
        if (!Name().IsMatch(word))
            throw new FormatException($"'{word}' is no beginning of an expression.");
        return ReadSelector(word);
    }

    private Kind ReadFunction(string name)
    {
        if (name == "vector")
        {
            ReadArguments(Kind.Scalar);
            return Kind.Instant;
        }

        var first = _selectors.Count;
        ReadArguments(Kind.Scalar, Kind.Instant);
        foreach (var selector in _selectors.Skip(first))
        {
            if (!selector.Metric.EndsWith("_bucket", StringComparison.Ordinal) || !selector.Labels.Contains("le"))
                throw new FormatException($"{name} needs the buckets of a histogram by le, not {selector.Metric}.");
        }

        return Kind.Instant;
    }

    private Kind ReadAggregation(string name)
    {
        var labels = Next is "by" ? ReadLabels() : [];
        var first = _selectors.Count;
        if (name == "topk")
            ReadArguments(Kind.Scalar, Kind.Instant);
        else
            ReadArguments(Kind.Instant);
        if (Next is "by")
            labels = ReadLabels();
        foreach (var selector in _selectors.Skip(first))
            selector.Labels.UnionWith(labels);
        return Kind.Instant;
    }

    private List<string> ReadLabels()
    {
        Expect("by");
        Expect("(");
        var labels = new List<string>();
        do
            labels.Add(Take());
        while (TryTake(","));
        Expect(")");
        return labels.TrueForAll(label => Name().IsMatch(label)) ? labels : throw new FormatException($"{string.Join(", ", labels)} are no labels.");
    }

    private void ReadArguments(params Kind[] kinds)
    {
        Expect("(");
        for (var i = 0; i < kinds.Length; i++)
        {
            if (i > 0)
                Expect(",");
            var kind = ReadOperation(0);
            if (kind != kinds[i])
                throw new FormatException($"The argument in front of '{Next}' is of the kind {kind} and not {kinds[i]}.");
        }

        Expect(")");
    }

    private Kind ReadSelector(string metric)
    {
        var labels = new HashSet<string>();
        if (TryTake("{"))
        {
            do
            {
                labels.Add(Take());
                var comparison = Take();
                var value = Take();
                if (comparison is not ("=" or "!=" or "=~" or "!~") || value[0] != '"')
                    throw new FormatException($"{metric} has the matcher {comparison}{value}.");
            }
            while (TryTake(","));
            Expect("}");
        }

        _selectors.Add(new Selector(metric, labels));
        if (!TryTake("["))
            return Kind.Instant;
        if (!Duration().IsMatch(Take()))
            throw new FormatException($"{metric} has a range that is no duration.");
        Expect("]");
        return Kind.Range;
    }

    private string Take() => Next is { } word ? _tokens[_at++] : throw new FormatException("The expression ends too early.");

    private bool TryTake(string word)
    {
        if (Next != word)
            return false;
        _at++;
        return true;
    }

    private void Expect(string word)
    {
        if (!TryTake(word))
            throw new FormatException($"'{word}' is missing at '{Next}'.");
    }

    [GeneratedRegex("""
        "[^"\\]*"|=~|!~|==|!=|>=|<=|[-+*/(){}\[\],=<>]|[0-9]+[smhdw]|[0-9.]+|[A-Za-z_][A-Za-z0-9_]*|\s+
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex("^[0-9]+[smhdw]$", RegexOptions.NonBacktracking)]
    private static partial Regex Duration();
}
