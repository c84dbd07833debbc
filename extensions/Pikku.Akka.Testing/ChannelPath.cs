using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pikku.Akka.Testing;

/// <summary>The path and the query of a channel.</summary>
internal static partial class ChannelPath
{
    /// <summary>The address of a channel.</summary>
    public static string Of(IReadOnlyDictionary<string, string> addresses, string channel) => addresses.TryGetValue(channel, out var address)
        ? address
        : throw new ArgumentException($"There is no mapped channel '{channel}'. Mapped are: {string.Join(", ", addresses.Keys.Order(StringComparer.Ordinal))}.", nameof(channel));

    /// <summary>Fills the placeholders of a route with the opening data, and adds the rest of it as a query.</summary>
    public static string Fill(string route, object? data, JsonSerializerOptions json)
    {
        if (data is null)
            return route;
        var values = JsonSerializer.SerializeToNode(data, data.GetType(), json) as JsonObject
            ?? throw new ArgumentException($"Opening data is an object, but {data.GetType().Name} is none.", nameof(data));
        var path = Placeholder().Replace(route, match =>
        {
            var name = match.Groups["name"].Value;
            var found = values.FirstOrDefault(value => value.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (found.Value is null)
                throw new ArgumentException($"The opening data has no '{name}', which the route {route} needs.", nameof(data));
            values.Remove(found.Key);
            return Text(found.Value);
        });
        var query = values.Where(value => value.Value is not null).SelectMany(value => value.Value is JsonArray items
            ? items.Select(item => $"{value.Key}={Text(item!)}")
            : [$"{value.Key}={Text(value.Value!)}"]);
        return string.Join('&', query) is { Length: > 0 } text ? $"{path}?{text}" : path;
    }

    private static string Text(JsonNode value) => Uri.EscapeDataString(value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString());

    // A placeholder may have a constraint: {boardId:int}.
    [GeneratedRegex(@"\{\*{0,2}(?<name>\w+)[^}]*\}")]
    private static partial Regex Placeholder();
}
