using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads JSON that may be changed, so that nothing of it is found wrong later, by the first who looks at a property.</summary>
internal sealed class NodeConverter<TNode> : JsonConverter<TNode> where TNode : JsonNode
{
    public override TNode? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        // A converter is not asked for null.
        JsonNodes.Read(ref reader) as TNode ?? throw new JsonException();

    public override void Write(Utf8JsonWriter writer, TNode value, JsonSerializerOptions options) => value.WriteTo(writer, options);
}
