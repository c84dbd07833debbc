using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Reads JSON into nodes at once. Those of System.Text.Json are made when they are first looked at, and an object that has a property twice
/// throws then, in whatever code looks; of several, the last one counts here, as with JSON.parse.
/// </summary>
internal static class JsonNodes
{
    /// <exception cref="JsonException">It is no JSON, or nested too deeply.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> json, JsonSerializerOptions options)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonDepth.Of(options) });
        reader.Read();
        return Read(ref reader);
    }

    /// <summary>Reads the value that the reader stands on. As deep as the reader goes.</summary>
    public static JsonNode? Read(ref Utf8JsonReader reader) => Of(JsonElement.ParseValue(ref reader));

    /// <summary>The same as nodes of its own.</summary>
    public static JsonNode? Of(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var property in json.EnumerateObject())
                    map[property.Name] = Of(property.Value);
                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. json.EnumerateArray().Select(Of)]);
            default:
                return JsonValue.Create(json);
        }
    }
}
