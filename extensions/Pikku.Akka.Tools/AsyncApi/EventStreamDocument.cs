using System.Text.Json.Nodes;
using Pikku.Akka.AsyncApi.Schemas;
using Pikku.Akka.Channels;
using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi;

/// <summary>Writes the event streams of a channel, which have an address and a protocol of their own and are therefore a channel of the document.</summary>
internal sealed class EventStreamDocument(ChannelContract channel, string key, SchemaWriter schemas, SharedMessages shared)
{
    /// <summary>Marks the channel of the document, which <c>ContractDiff</c> compares as a part of the channel that it belongs to.</summary>
    public const string Fact = "eventStreams";

    private const string Description =
        "One topic as Server-Sent Events. A request needs what a subscription to the topic needs; it is refused with an HTTP status and problem details. Clients send no messages.";

    private readonly ComponentKeys _keys = new();
    private readonly JsonObject _messages = [];

    private IEnumerable<TopicContract> Topics => channel.Topics.Where(topic => topic.IsSubscribable);

    /// <summary>The key of the channel in the document.</summary>
    public string Key { get; } = key;

    /// <summary>Writes the channel. Call <see cref="WriteOperations"/> first, because it collects the channel's messages.</summary>
    public JsonObject Channel()
    {
        var opening = new OpeningDocument(channel with { Route = CompiledChannel.EventStreamRouteOf(channel.Route) }, schemas);
        var parameters = opening.Parameters()!;
        parameters[CompiledChannel.TopicParameter] = new JsonObject
        {
            ["description"] = $"The name of a topic, percent-encoded as one segment of the path: {string.Join(", ", Topics.Select(topic => $"`{topic.Name}`"))}.",
        };
        return new JsonObject
        {
            ["address"] = opening.Address,
            ["title"] = $"{channel.Name}, event streams",
            ["description"] = Description,
            ["parameters"] = parameters,
            ["messages"] = _messages,
            [AsyncApiDocument.Extension] = new JsonObject { ["channel"] = channel.Name, [Fact] = true },
        };
    }

    public void WriteOperations(JsonObject operations, ComponentKeys keys)
    {
        foreach (var topic in Topics)
            Add(topic.Name, StreamOf(topic));
        Add("pikku_unsubscribed", ProtocolOf(shared.Unsubscribed()));
        Add("pikku_lost", ProtocolOf(shared.Lost()));
        Add("pikku_close", ProtocolOf(shared.Close()));

        void Add(string name, JsonObject operation) =>
            operations[keys.Of($"{Key}/{operations.Count}", $"{Key}_{name}")] = operation;
    }

    private JsonObject StreamOf(TopicContract topic)
    {
        var operation = Operation(MessageOf(topic));
        operation["title"] = $"Streams {topic.Name}";
        if (topic.Subscription!.NeedsSession)
            operation["security"] = Security.Any();
        operation[AsyncApiDocument.Extension] = OperationFacts.Of(OperationFacts.EventStream, topic.Name);
        return operation;
    }

    private JsonObject ProtocolOf(string component)
    {
        var operation = Operation(Shared(component));
        operation[AsyncApiDocument.Extension] = OperationFacts.Of(OperationFacts.Protocol);
        return operation;
    }

    private string MessageOf(TopicContract topic)
    {
        var message = topic.Payload is TypeUse.Scalar { Kind: ScalarKind.Bytes }
            ? new JsonObject
            {
                ["name"] = EventStreamEvents.Binary,
                ["description"] = "The bytes in Base64.",
                ["contentType"] = "text/plain",
                ["payload"] = new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" },
            }
            : new JsonObject { ["name"] = topic.Name, ["payload"] = Envelope.Event(topic.Name, Envelope.Content(topic.Kind, () => schemas.Write(topic.Payload)), hasHistory: false) };
        var messageKey = _keys.Of($"topic {topic.Name}", topic.Name);
        _messages[messageKey] = message;
        return messageKey;
    }

    private JsonObject Operation(string message) => new()
    {
        ["action"] = "send",
        ["channel"] = Reference(),
        ["messages"] = new JsonArray(Reference($"/messages/{message}")),
        ["bindings"] = new JsonObject { ["http"] = new JsonObject { ["method"] = "GET", ["bindingVersion"] = "0.3.0" } },
    };

    private JsonObject Reference(string part = "") => new() { ["$ref"] = $"#/channels/{Key}{part}" };

    private string Shared(string component)
    {
        var messageKey = _keys.Of($"shared {component}", component);
        _messages[messageKey] = new JsonObject { ["$ref"] = $"#/components/messages/{component}" };
        return messageKey;
    }
}
