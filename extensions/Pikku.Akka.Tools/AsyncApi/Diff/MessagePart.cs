using System.Text.Json.Nodes;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>What a message carries, without its envelope.</summary>
/// <param name="Data">The schema; null when it carries nothing.</param>
/// <param name="MayOmit">True when it may carry nothing instead.</param>
internal sealed record MessagePart(JsonObject? Data, bool MayOmit)
{
    /// <param name="document">The document.</param>
    /// <param name="messages">The messages of an operation or of its reply, of which the first is the one that is not an error.</param>
    /// <param name="kind">The kind of the operation.</param>
    /// <param name="isAnswer">True for those of the reply.</param>
    public static MessagePart? Of(ContractDocument document, JsonNode? messages, string kind, bool isAnswer)
    {
        if (messages is not JsonArray { Count: > 0 } list || kind == OperationFacts.Errors)
            return null;
        var payload = (JsonObject)document.Resolve((JsonObject)list[0]!)["payload"]!;
        var name = kind switch
        {
            OperationFacts.Action => "data",
            OperationFacts.Remote => isAnswer ? "result" : "data",
            // What it gets is anything; what it answers is enveloped.
            OperationFacts.Fallback => isAnswer ? "data" : null,
            // Bytes come without the topic.
            OperationFacts.Topic => payload["properties"]?["topic"] is null ? null : "data",
            _ => null,
        };
        if (name is null)
            return new MessagePart(payload, false);
        var isRequired = (payload["required"] as JsonArray ?? []).Any(property => property!.GetValue<string>() == name);
        return new MessagePart(payload["properties"]?[name] as JsonObject, !isRequired);
    }
}
