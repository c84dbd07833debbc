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

    /// <summary>The value as the operator wrote it, shortened to fit into a log line.</summary>
    public static string Show(HoconValue value)
    {
        const int longest = 80;
        var text = value.IsString() ? Text(value) : $"[{string.Join(", ", value.GetArray().Select(Show))}]";
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
