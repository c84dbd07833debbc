using Akka.Configuration.Hocon;

namespace Pikku.Akka.Settings;

/// <summary>The values of a HOCON tree by their full paths.</summary>
internal static class HoconLeaves
{
    public static IEnumerable<KeyValuePair<string, HoconValue>> Of(HoconValue value, string path)
    {
        if (value.GetObject() is not { } section)
            return [new(path, value)];
        return section.Items.SelectMany(item => Of(item.Value, $"{path}.{item.Key}"));
    }

    /// <summary>A value as an operator wrote it, short enough for one line of a log.</summary>
    public static string Show(HoconValue value) => Shortened(ShowWhole(value));

    /// <summary>A value as an operator wrote it, however long it is.</summary>
    public static string ShowWhole(HoconValue value) =>
        value.IsString() ? Text(value) : $"[{string.Join(", ", value.GetArray().Select(Show))}]";

    /// <summary>A shown value, short enough for one line of a log.</summary>
    public static string Shortened(string text)
    {
        const int longest = 80;
        return text.Length switch
        {
            0 => "\"\"",
            > longest => string.Concat(text.AsSpan(0, longest), "…"),
            _ => text,
        };
    }

    /// <summary>The text of a value; Akka returns null for the text <c>null</c>.</summary>
    public static string Text(HoconValue value) => value.GetString() ?? "null";
}
