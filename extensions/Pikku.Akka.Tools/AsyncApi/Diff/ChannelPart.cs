using System.Text.Json.Nodes;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>A channel of a document.</summary>
internal sealed class ChannelPart(ContractDocument document, JsonObject channel, IEnumerable<JsonObject> operations, bool hasEventStreams)
{
    public string Name { get; } = NameOf(channel);

    public string Route { get; } = channel["address"]!.GetValue<string>();

    /// <summary>True if the topics of the channel are also event streams, whose route follows from that of the channel.</summary>
    public bool HasEventStreams { get; } = hasEventStreams;

    /// <summary>The schema of the query; an object without properties if there is none.</summary>
    public JsonObject Query { get; } = channel["bindings"]?["ws"]?["query"] as JsonObject ?? new JsonObject { ["type"] = "object" };

    /// <summary>The schemas of those path parameters that have a type.</summary>
    public IReadOnlyDictionary<string, JsonObject> Parameters { get; } = ContractDocument.Objects(channel, "parameters")
        .Where(parameter => parameter.Value[AsyncApiDocument.Extension]?["schema"] is JsonObject)
        .ToDictionary(parameter => parameter.Key, parameter => (JsonObject)parameter.Value[AsyncApiDocument.Extension]!["schema"]!);

    public IReadOnlyList<OperationPart> Operations { get; } = [.. operations.Select(operation => new OperationPart(document, operation))];

    /// <summary>The name of the channel that a channel of the document describes.</summary>
    public static string NameOf(JsonObject channel) => channel[AsyncApiDocument.Extension]!["channel"]!.GetValue<string>();
}
