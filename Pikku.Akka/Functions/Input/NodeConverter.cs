using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads mutable JSON nodes eagerly, so that errors such as repeated names show here and not at the first access to a property.</summary>
internal sealed class NodeConverter<TNode> : JsonConverter<TNode> where TNode : JsonNode
{
    public override TNode? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        // System.Text.Json does not call a converter for null.
        JsonNodes.Read(ref reader) as TNode ?? throw new JsonException();

    public override void Write(Utf8JsonWriter writer, TNode value, JsonSerializerOptions options) => value.WriteTo(writer, options);
}
