namespace Pikku.Clients;

/// <summary>Where a channel is: its route in the syntax of ASP.NET Core, filled from the opening data; the rest becomes the query.</summary>
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

    /// <summary>Opening data, and parameters of the path beside them.</summary>
    public static JsonElement With(JsonElement opening, Dictionary<string, string?> parameters) => PikkuJson.Parse(PikkuJson.Write(json =>
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
        // Names of parameters have no case.
        var index = rest.FindIndex(property => property.Key.Equals(parameter, StringComparison.OrdinalIgnoreCase));
        var value = index < 0 ? "" : Text(rest[index].Value);
        if (index >= 0)
            rest.RemoveAt(index);
        if (value.Length == 0 && star.Length == 0 && !suffix.Contains('=') && !suffix.EndsWith('?'))
            throw new ArgumentException($"The channel '{channel}' needs '{parameter}' in its opening data.");
        var segments = star.Length > 0 ? value.Split('/') : new[] { value };
        // A URL has no way to write these: they would lead to another path.
        if (segments.Any(segment => segment is "." or ".."))
            throw new ArgumentException($"'{parameter}' of the channel '{channel}' can't be '{value}'.");
        return string.Join("/", segments.Select(Uri.EscapeDataString));
    }

    private static IEnumerable<string> Query(KeyValuePair<string, JsonElement> property)
    {
        var name = Uri.EscapeDataString(property.Key) + "=";
        // In one text a comma would end an item; several of one name are a list as they stand.
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
