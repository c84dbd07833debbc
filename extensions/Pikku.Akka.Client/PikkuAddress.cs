namespace Pikku.Akka.Clients;

/// <summary>Builds the address of a channel: fills its route, which has the syntax of ASP.NET Core, from the opening data; the rest
/// becomes the query.</summary>
internal static class PikkuAddress
{
    private static readonly Regex s_parameter = new(@"\{(\*{0,2})([^{}:=?*]+)((?:[^{}]|\{\{|\}\})*)\}", RegexOptions.CultureInvariant);

    public static Uri Of(Uri server, string channel, string route, JsonElement opening)
    {
        var rest = new List<KeyValuePair<string, JsonElement>>();
        if (opening.ValueKind == JsonValueKind.Object)
            rest.AddRange(opening.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null)
                .Select(property => new KeyValuePair<string, JsonElement>(property.Name, property.Value)));
        var path = s_parameter.Replace(route, match => Fill(channel, match, rest)).TrimEnd('/');
        var address = new UriBuilder(server) { Fragment = "" };
        address.Scheme = address.Scheme.ToLowerInvariant() switch { "http" => "ws", "https" => "wss", var other => other };
        address.Path = address.Path.TrimEnd('/') + (path.Length == 0 ? "/" : path);
        var query = rest.SelectMany(Query);
        address.Query = string.Join("&", server.Query.Length > 1 ? query.Prepend(server.Query.Substring(1)) : query);
        return address.Uri;
    }

    /// <summary>Adds path parameters to opening data.</summary>
    public static JsonElement With(JsonElement opening, Dictionary<string, string?> parameters) => PikkuText.Parse(PikkuText.Write(json =>
    {
        if (opening.ValueKind == JsonValueKind.Object)
            foreach (var property in opening.EnumerateObject())
                property.WriteTo(json);
        foreach (var parameter in parameters)
            json.WriteString(parameter.Key, parameter.Value);
    }));

    private static string Fill(string channel, Match match, List<KeyValuePair<string, JsonElement>> rest)
    {
        var (star, parameter, suffix) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
        // The server ignores case in the names of path parameters.
        var index = rest.FindIndex(property => property.Key.Equals(parameter, StringComparison.OrdinalIgnoreCase));
        var value = index < 0 ? "" : Text(rest[index].Value);
        if (index >= 0)
            rest.RemoveAt(index);
        if (value.Length == 0 && star.Length == 0 && !suffix.Contains('=') && !suffix.EndsWith('?'))
            throw new ArgumentException($"The opening data of the channel '{channel}' lacks '{parameter}'.");
        var segments = star.Length > 0 ? value.Split('/') : new[] { value };
        // A URL cannot contain these segments: parsers remove them, which changes the path.
        if (segments.Any(segment => segment is "." or ".."))
            throw new ArgumentException($"The parameter '{parameter}' of the channel '{channel}' cannot be '{value}'.");
        return string.Join("/", segments.Select(Uri.EscapeDataString));
    }

    private static IEnumerable<string> Query(KeyValuePair<string, JsonElement> property)
    {
        var name = Uri.EscapeDataString(property.Key) + "=";
        // In a single value, a comma would split an item. Several values with the same name are read as a list.
        if (property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() > 1)
            return property.Value.EnumerateArray().Select(item => name + Uri.EscapeDataString(Text(item)));
        return new[] { name + Uri.EscapeDataString(Text(property.Value)) };
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(",", value.EnumerateArray().Select(Text)),
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
