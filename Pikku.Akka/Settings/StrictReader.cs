using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Pikku.Akka.Settings;

/// <summary>
/// Reads settings and collects every problem. Akka's own accessors return 0, null or a default for values that they can't read, so this
/// class parses the text of each value. A key that was never read is reported as unknown.
/// </summary>
/// <param name="config">The merged settings.</param>
/// <param name="root">The section that must be read completely.</param>
internal sealed class StrictReader(Config config, string root)
{
    private readonly Dictionary<string, HoconValue> _leaves = config.Root?.GetObject()?.GetKey(root) is { } section
        ? new(HoconLeaves.Of(section, root), StringComparer.Ordinal)
        : [];

    private readonly List<string> _known = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, (long Value, string Text)> _amounts = new(StringComparer.Ordinal);

    public int Integer(string path, int min, int max) =>
        Amount(path, $"a whole number from {min} to {max}", ParseInteger, min, max);

    /// <summary>A number, or <c>auto</c> for <paramref name="auto"/>.</summary>
    public int IntegerOrAuto(string path, int auto, int min, int max) =>
        Amount(path, $"auto or a whole number from {min} to {max}", text => text == "auto" ? auto : ParseInteger(text), min, max);

    /// <summary>A size in bytes.</summary>
    public int Size(string path, int min, int max) => Amount(
        path,
        $"a size from {SizeText.Format(min)} to {SizeText.Format(max)} with its unit ({SizeText.Units})",
        SizeText.Parse, min, max);

    public TimeSpan Duration(string path, TimeSpan min, TimeSpan max) =>
        Duration(path, DurationRule(min, max), min, max, DurationText.Parse);

    /// <summary>A duration that has a reason for its bounds.</summary>
    /// <param name="path">The key.</param>
    /// <param name="min">The least.</param>
    /// <param name="max">The most.</param>
    /// <param name="reason">Why, as a sentence without its full stop.</param>
    public TimeSpan Duration(string path, TimeSpan min, TimeSpan max, string reason) =>
        Duration(path, $"{DurationRule(min, max)}; {reason}", min, max, DurationText.Parse);

    /// <summary>A duration or <c>infinite</c>, which is <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public TimeSpan DurationOrInfinite(string path, TimeSpan min, TimeSpan max) => Duration(
        path, $"{DurationText.Infinite} or {DurationRule(min, max)}", min, max,
        text => text == DurationText.Infinite ? Timeout.InfiniteTimeSpan : DurationText.Parse(text));

    /// <summary>A part of something: a number from 0 to 1.</summary>
    public double Ratio(string path)
    {
        const string rule = "a number from 0 to 1";
        if (TextAt(path, rule) is not { } text)
            return 0;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio) && ratio <= 1)
            return ratio;
        Refuse(path, text, "is not a part", rule);
        return 0;
    }

    public bool Switch(string path)
    {
        const string rule = "on or off";
        switch (TextAt(path, rule))
        {
            case "on" or "true":
                return true;
            case "off" or "false" or null:
                return false;
            case var text:
                Refuse(path, text, "is not a switch", rule);
                return false;
        }
    }

    /// <summary>A value of an enumeration, written in kebab case.</summary>
    public T Choice<T>(string path) where T : struct, Enum
    {
        var rule = "one of " + string.Join(", ", Enum.GetNames<T>().Select(KebabCase.Of));
        if (TextAt(path, rule) is not { } text)
            return default;
        foreach (var value in Enum.GetValues<T>())
            if (KebabCase.Of(value.ToString()) == text)
                return value;
        Refuse(path, text, "is not a legal value", rule);
        return default;
    }

    public string Name(string path)
    {
        const string rule = "a name";
        var text = TextAt(path, rule) ?? "";
        if (string.IsNullOrWhiteSpace(text) && _leaves.ContainsKey(path))
            Refuse(path, $"\"{text}\"", "is empty", rule);
        return text;
    }

    /// <summary>A list, or one text with commas, since an environment variable can't hold a list.</summary>
    public IReadOnlyList<string> List(string path, string rule, Func<string, bool> isLegal)
    {
        var items = ItemsAt(path, $"a list, each item {rule}");
        foreach (var item in items.Where(item => !isLegal(item)))
            Refuse(path, item, "is not a legal item", rule);
        return items;
    }

    /// <summary>Requires that one amount is not below another. Reports nothing when one of the two could not be read.</summary>
    /// <param name="path">The key of the amount.</param>
    /// <param name="floor">The key of its lower bound.</param>
    /// <param name="reason">The reason, as a sentence without its full stop.</param>
    public void AtLeast(string path, string floor, string reason)
    {
        if (_amounts.TryGetValue(path, out var amount) && _amounts.TryGetValue(floor, out var least) && amount.Value < least.Value)
            Add($"{path} = {amount.Text} is below {floor} = {least.Text}: {reason}. Raise the first or lower the second.");
    }

    /// <summary>Reports a problem.</summary>
    /// <param name="problem">The path, the value, the rule and the fix.</param>
    public void Add(string problem) => _problems.Add(problem);

    /// <summary>Ends the reading and reports every key that was not read.</summary>
    /// <exception cref="PikkuConfigurationException">There are problems.</exception>
    public void Finish()
    {
        foreach (var (path, value) in _leaves.Where(leaf => !_known.Any(key => IsWithin(leaf.Key, key))))
        {
            var shown = HoconLeaves.Show(value);
            Add(_known.Any(key => IsWithin(key, path))
                ? $"{path} = {shown} is a section. Write {path} {{ … }} with its keys inside."
                : NearestKey.Of(path, _known) is { } near
                    ? $"{path} = {shown} is not a setting. Remove it, or write {near} if that was meant."
                    : $"{path} = {shown} is not a setting. Remove it; docs/operating.md lists all settings.");
        }

        if (_problems.Count > 0)
            throw new PikkuConfigurationException(_problems);
    }

    private static bool IsWithin(string path, string section) =>
        path.StartsWith(section, StringComparison.Ordinal) && (path.Length == section.Length || path[section.Length] == '.');

    private static long? ParseInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string DurationRule(TimeSpan min, TimeSpan max) =>
        $"a duration from {DurationText.Format(min)} to {DurationText.Format(max)} with its unit ({DurationText.Units})";

    private int Amount(string path, string rule, Func<string, long?> parse, int min, int max)
    {
        if (TextAt(path, rule) is not { } text)
            return min;
        switch (parse(text))
        {
            case null:
                Refuse(path, text, "cannot be read", rule);
                return min;
            case { } amount when amount < min || amount > max:
                Refuse(path, text, "is out of range", rule);
                return min;
            case { } amount:
                _amounts[path] = (amount, text);
                return (int)amount;
        }
    }

    private TimeSpan Duration(string path, string rule, TimeSpan min, TimeSpan max, Func<string, TimeSpan?> parse)
    {
        if (TextAt(path, rule) is not { } text)
            return min;
        switch (parse(text))
        {
            case null:
                Refuse(path, text, "cannot be read", rule);
                return min;
            case { } duration when duration != Timeout.InfiniteTimeSpan && (duration < min || duration > max):
                Refuse(path, text, "is out of range", rule);
                return min;
            case { } duration:
                return duration;
        }
    }

    private string? TextAt(string path, string rule)
    {
        if (ValueAt(path, rule) is not { } value)
            return null;
        if (value.IsString())
            return HoconLeaves.Text(value);
        Refuse(path, HoconLeaves.Show(value), "is a list", rule);
        return null;
    }

    private string[] ItemsAt(string path, string rule)
    {
        if (ValueAt(path, rule) is not { } value)
            return [];
        if (value.IsString())
            return HoconLeaves.Text(value).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. value.GetArray().Select(item => item.IsString() ? HoconLeaves.Text(item) : HoconLeaves.Show(item))];
    }

    private HoconValue? ValueAt(string path, string rule)
    {
        _known.Add(path);
        if (_leaves.TryGetValue(path, out var value) && !value.IsEmpty)
            return value;
        if (_leaves.Keys.Any(leaf => IsWithin(leaf, path) && leaf != path))
            Add($"{path} is a value, not a section. Write {rule}.");
        else if (!_leaves.Keys.Any(leaf => IsWithin(path, leaf) && leaf != path)) // Finish reports a section that a value hides.
            Add($"{path} has no value. Write {rule}.");
        return null;
    }

    private void Refuse(string path, string text, string what, string rule) =>
        Add($"{path} = {(text.Length == 0 ? "\"\"" : text)} {what}. Write {rule}.");
}
