using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Channels;

/// <summary>Checks whether JSON can be written from the types of a wiring and read into them.</summary>
/// <param name="input">The options for reading input.</param>
/// <param name="json">The options for JSON.</param>
/// <param name="report">Receives the problems.</param>
internal sealed class JsonTypeCheck(InputOptions input, JsonSerializerOptions json, WiringReport report)
{
    /// <summary>Checks a type that is received from clients, or stored as JSON and read again.</summary>
    /// <param name="type">The type.</param>
    /// <param name="what">What it is, for the problem.</param>
    /// <returns>False when there is a problem.</returns>
    public bool CheckReadable(Type type, string what)
    {
        if (!CheckSerializable(type, what))
            return false;
        try
        {
            input.Rules.DemandReadable(type);
            return true;
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            report.Problem(what, $"is {type}, which cannot be deserialized: {e.Message}");
            return false;
        }
    }

    /// <summary>Checks a type that is sent to clients.</summary>
    /// <inheritdoc cref="CheckReadable"/>
    public bool CheckSerializable(Type type, string what)
    {
        try
        {
            // Reading the properties throws for members without a converter. Exporting the schema also finds members whose converter always throws. A schema
            // cannot be exported when references are preserved.
            _ = json.GetTypeInfo(type).Properties;
            if (json.ReferenceHandler is null)
                json.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TransformSchemaNode = (context, schema) => Refuse(context, schema) });
            return true;
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            report.Problem(what, $"is {type}, which cannot be serialized: {e.Message}");
            return false;
        }
    }

    private static JsonNode Refuse(JsonSchemaExporterContext context, JsonNode schema) =>
        schema is JsonObject { Count: > 0 } node && node["not"] is JsonValue not && not.TryGetValue(out bool nothing) && nothing
            ? throw new NotSupportedException($"'{context.TypeInfo.Type}' has no JSON representation")
            : schema;
}
