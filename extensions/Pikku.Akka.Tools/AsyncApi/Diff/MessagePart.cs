using System.Text.Json.Nodes;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>The data of a message, without its envelope.</summary>
/// <param name="Data">The schema of the data; null if the message carries none.</param>
/// <param name="MayOmit">True if the data is optional.</param>
internal sealed record MessagePart(JsonObject? Data, bool MayOmit)
{
    /// <param name="document">The document.</param>
    /// <param name="messages">The messages of an operation or of its reply; the first is the one that is not an error.</param>
    /// <param name="kind">The kind of the operation.</param>
    /// <param name="isAnswer">True if the messages belong to the reply.</param>
    /// <param name="isStream">True if the reply is a stream, whose first message is an item.</param>
    public static MessagePart? Of(ContractDocument document, JsonNode? messages, string kind, bool isAnswer, bool isStream = false)
    {
        if (messages is not JsonArray { Count: > 0 } list || kind == OperationFacts.Errors)
            return null;
        var payload = (JsonObject)document.Resolve((JsonObject)list[0]!)["payload"]!;
        var name = kind switch
        {
            _ when isStream => "item",
            OperationFacts.Action => "data",
            OperationFacts.Remote => isAnswer ? "result" : "data",
            // The default handler receives messages without an envelope; its replies have one.
            OperationFacts.Fallback => isAnswer ? "data" : null,
            // Binary frames do not name the topic.
            OperationFacts.Topic => payload["properties"]?["topic"] is null ? null : "data",
            _ => null,
        };
        if (name is null)
            return new MessagePart(payload, false);
        var isRequired = (payload["required"] as JsonArray ?? []).Any(property => property!.GetValue<string>() == name);
        return new MessagePart(payload["properties"]?[name] as JsonObject, !isRequired);
    }
}
