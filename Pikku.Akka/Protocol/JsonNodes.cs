using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Reads JSON into nodes eagerly. Nodes of System.Text.Json are created on first access, and an object with a repeated property throws
/// there, in any code that accesses it. Here the last of repeated properties counts, as with JSON.parse.
/// </summary>
internal static class JsonNodes
{
    /// <exception cref="JsonException">The text is not JSON, or nested too deeply.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> json, JsonSerializerOptions options)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonDepth.Of(options) });
        reader.Read();
        return Read(ref reader);
    }

    /// <summary>Reads the value at which the reader is, as deep as the reader allows.</summary>
    public static JsonNode? Read(ref Utf8JsonReader reader) => Of(JsonElement.ParseValue(ref reader));

    /// <summary>Copies the JSON into nodes.</summary>
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
