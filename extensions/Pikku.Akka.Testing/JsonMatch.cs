using System.Text.Json;

namespace Pikku.Akka.Testing;

/// <summary>Compares JSON.</summary>
internal static class JsonMatch
{
    /// <summary>True if JSON contains at least the wanted JSON: objects may have more properties, arrays have as many items.</summary>
    public static bool IsWithin(JsonElement wanted, JsonElement received) => (wanted.ValueKind, received.ValueKind) switch
    {
        (JsonValueKind.Object, JsonValueKind.Object) =>
            wanted.EnumerateObject().All(property => received.TryGetProperty(property.Name, out var value) && IsWithin(property.Value, value)),
        (JsonValueKind.Array, JsonValueKind.Array) =>
            wanted.GetArrayLength() == received.GetArrayLength() && wanted.EnumerateArray().Zip(received.EnumerateArray(), IsWithin).All(same => same),
        _ => JsonElement.DeepEquals(wanted, received),
    };
}
