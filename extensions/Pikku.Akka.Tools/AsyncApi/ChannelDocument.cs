using System.Text.Json.Nodes;
using Pikku.Akka.AsyncApi.Schemas;
using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi;

/// <summary>Writes one channel: its messages and the operations that use them.</summary>
internal sealed class ChannelDocument(ChannelContract channel, string key, SchemaWriter schemas, SharedMessages shared, ErrorCatalog errors)
{
    private const string Bytes = "application/octet-stream";
    private const string PlainText = "text/plain";

    private readonly ComponentKeys _keys = new();
    private readonly JsonObject _messages = [];

    /// <summary>The key of the channel in the document.</summary>
    public string Key { get; } = key;

    /// <summary>Writes the channel. Call <see cref="WriteOperations"/> first, because it collects the channel's messages.</summary>
    public JsonObject Channel()
    {
        var opening = new OpeningDocument(channel, schemas);
        var written = new JsonObject { ["address"] = opening.Address, ["title"] = channel.Name };
        if (Description() is { } description)
            written["description"] = description;
        if (opening.Parameters() is { } parameters)
            written["parameters"] = parameters;
        written["messages"] = _messages;
        if (Tags(channel.Tags) is { } tags)
            written["tags"] = tags;
        written["bindings"] = new JsonObject { ["ws"] = opening.Binding() };
        written[AsyncApiDocument.Extension] = new JsonObject { ["channel"] = channel.Name, ["session"] = NeedsSession };
        return written;
    }

    public void WriteOperations(JsonObject operations, ComponentKeys keys)
    {
        foreach (var (index, routing) in channel.Keys.Index())
            foreach (var action in routing.Actions)
                Add(index == 0 ? action.Name : $"{routing.Key}_{action.Name}", ActionOf(routing.Key, action));
        if (channel.Fallback is { } fallback)
            Add("default", FallbackOf(fallback));
        if (channel.Binary is { } binary)
            Add("binary", BinaryOf(binary));
        foreach (var topic in channel.Topics)
        {
            Add(topic.Name, TopicOf(topic));
            if (topic.Subscription is { } subscription)
                Add($"subscribe_{topic.Name}", SubscriptionOf(topic, subscription));
        }

        foreach (var (index, message) in channel.Messages.Index())
            Add($"message_{NameOf(message.Type)}", MessageOf(message, index));
        foreach (var remote in channel.Remotes)
            Add($"remote_{remote.Name}", RemoteOf(remote));
        if (channel.Keys.Count > 0 || channel.Fallback is not null)
            Add("errors", ErrorsOf());
        // The messages of the protocol come last, so that actions with similar names keep theirs.
        if (channel.Topics.Any(topic => topic.IsSubscribable))
        {
            Add("pikku_unsubscribe", ProtocolOf(shared.Unsubscribe(), shared.UnsubscribeReply(), shared.AnyError()));
            Add("pikku_unsubscribed", SendOperation(OperationFacts.Of(OperationFacts.Protocol), [Shared(shared.Unsubscribed())], "Ends a subscription that the client may no longer have"));
        }

        if (channel.Topics.Any(topic => topic.History is not null))
            Add("pikku_position", SendOperation(OperationFacts.Of(OperationFacts.Protocol), [Shared(shared.Position())], "Moves the position of a client without an event"));
        Add("pikku_auth", ProtocolOf(
            shared.Auth(), [shared.AuthReply(), .. ErrorCatalog.OfRenewal.Select(errors.InfoOf).Select(shared.Error), shared.AnyError()]));
        Add("pikku_cancel", ProtocolOf(shared.Cancel()));
        Add("pikku_ping", ProtocolOf(shared.Ping(), shared.Pong()));

        void Add(string name, JsonObject operation) =>
            operations[keys.Of($"{Key}/{operations.Count}", $"{Key}_{name}")] = operation;
    }

    private bool NeedsSession => channel.Keys.SelectMany(routing => routing.Actions).Append(channel.Fallback).Append(channel.Binary)
        .Concat(channel.Topics.Select(topic => topic.Subscription)).Any(action => action?.NeedsSession == true);

    // Describes messages for clients that do not use pikku.v1.
    private string? Description() => channel.Keys is [var first, ..]
        ? $"Messages name their action in {string.Join(", then in ", channel.Keys.Select(routing => $"`{routing.Key}`"))}. Without the subprotocol `pikku.v1`, messages may also be flat: "
            + $"`{{\"{first.Key}\":\"{first.Actions[0].Name}\",…}}`, with the properties of `data` in place of the dots."
        : null;

    private JsonObject ActionOf(string routingKey, ActionContract action)
    {
        var route = (routingKey, action.Name);
        var request = Message(
            $"{routingKey}:{action.Name}", action.Name, Envelope.Message(route, Schema(action.Input), action.MayOmitInput), action.Function.Description, correlated: true);
        var replies = Replies($"{routingKey}:{action.Name}", action.Name, route, action);
        return ReceiveOperation(OperationFacts.Action, routingKey, action, request, [.. replies, .. ErrorsOf(action)]);
    }

    // A stream has any number of items and one end.
    private IEnumerable<string> Replies(string identity, string name, (string Key, string Value)? route, ActionContract action) => action.IsStream
        ?
        [
            Message($"{identity} item", $"{name}_item", Envelope.Item(route, Schema(action.Output)!), "An item of the stream.", correlated: true),
            Message($"{identity} done", $"{name}_done", Envelope.StreamEnd(route), "The end of the stream.", correlated: true),
        ]
        : [Message($"{identity} reply", $"{name}_reply", Envelope.Message(route, Schema(action.Output)), null, correlated: true)];

    // The fallback receives each unmatched message without an envelope; only its reply has one.
    private JsonObject FallbackOf(ActionContract action)
    {
        var request = channel.IsFallbackText
            ? Message("default", "default", new JsonObject { ["type"] = "string" }, "A message that matches no action, as text.", PlainText)
            : Message("default", "default", Schema(action.Input) ?? [], "A message that matches no action.");
        return ReceiveOperation(OperationFacts.Fallback, null, action, request, [.. Replies("default", "default", null, action), .. ErrorsOf(action)]);
    }

    private JsonObject BinaryOf(ActionContract action)
    {
        var request = Message("binary", "binary", Schema(action.Input) ?? [], "A binary frame.", Bytes);
        // Errors of binary frames are logged and never sent to the client.
        string[] replies = action.Output is { } output ? [Message("binary reply", "binary_reply", schemas.Write(output.WithoutNull), "A binary frame. No frame is sent if it would be empty.", Bytes)] : [];
        return ReceiveOperation(OperationFacts.Binary, null, action, request, replies);
    }

    private JsonObject TopicOf(TopicContract topic)
    {
        var message = topic.Payload is TypeUse.Scalar { Kind: ScalarKind.Bytes }
            ? Message($"topic {topic.Name}", topic.Name, schemas.Write(topic.Payload), "A binary frame that does not name the topic.", Bytes)
            : Message($"topic {topic.Name}", topic.Name, Envelope.Event(topic.Name, Envelope.Content(topic.Kind, () => schemas.Write(topic.Payload)), topic.History is not null), null);
        return SendOperation(OperationFacts.Of(OperationFacts.Topic, topic.Name), [message], topic.Name);
    }

    private JsonObject SubscriptionOf(TopicContract topic, ActionContract subscription)
    {
        var request = Message(
            $"subscribe {topic.Name}", $"subscribe_{topic.Name}", Envelope.Subscribe(topic.Name, topic.History is not null), "Subscribes to the topic. In a name, a value of the key is percent-encoded if it contains %, :, /, { or }.", correlated: true);
        var reply = Message($"subscribe {topic.Name} reply", $"subscribe_{topic.Name}_reply", Envelope.Subscribed(topic.Name, topic.History is not null, Schema(topic.Snapshot), topic.Kind == TopicKind.Presence), "The subscription is active, and events follow.", correlated: true);
        var operation = ReceiveOperation(OperationFacts.Subscription, null, subscription, request, [reply, .. ErrorsOf(subscription)]);
        operation["title"] = $"Subscribes to {topic.Name}";
        if (topic.Key is { } topicKey)
            operation[AsyncApiDocument.Extension]![OperationFacts.TopicKey] = schemas.Write(topicKey);
        if (topic.History is { } history)
            operation[AsyncApiDocument.Extension]![OperationFacts.History] = OperationFacts.Of(history);
        if (topic.Snapshot is { } snapshot)
            operation[AsyncApiDocument.Extension]![OperationFacts.Snapshot] = schemas.Write(snapshot);
        return operation;
    }

    private JsonObject ProtocolOf(string request, params string[] replies)
    {
        var operation = Operation("receive", [Shared(request)]);
        if (replies.Length > 0)
            operation["reply"] = Reply([.. replies.Select(Shared)]);
        operation[AsyncApiDocument.Extension] = OperationFacts.Of(OperationFacts.Protocol);
        return operation;
    }

    private JsonObject MessageOf(MessageContract sent, int index)
    {
        var type = sent.Type;
        if (sent.Name is { } name)
            return SendOperation(
                OperationFacts.Of(OperationFacts.Message, NameOf(type)),
                [Message($"message {index}", NameOf(type), Envelope.Named(name, schemas.Write(type)), "Without the subprotocol `pikku.v1`, the message is the value of `data` alone.")], null);
        var contentType = type.WithoutNull switch
        {
            TypeUse.Scalar { Kind: ScalarKind.String } => PlainText,
            TypeUse.Scalar { Kind: ScalarKind.Bytes } => Bytes,
            _ => null,
        };
        var message = Message($"message {index}", NameOf(type), schemas.Write(type), "The data without an envelope: no routing property, id or topic.", contentType);
        return SendOperation(OperationFacts.Of(OperationFacts.Message, NameOf(type)), [message], null);
    }

    private JsonObject RemoteOf(RemoteContract remote)
    {
        var call = Message(
            $"remote {remote.Name}", $"{remote.Name}_call", Envelope.RemoteCall(remote.Name, Schema(remote.Input), remote.Input is TypeUse.Nullable), null, correlated: true);
        var answer = Message(
            $"remote {remote.Name} answer", $"{remote.Name}_answer", Envelope.RemoteAnswer(Schema(remote.Output), remote.Output is TypeUse.Nullable), null, correlated: true);
        var operation = SendOperation(OperationFacts.Of(OperationFacts.Remote, remote.Name), [call], $"Calls the client's function {remote.Name}");
        operation["reply"] = Reply([answer, .. shared.RemoteAnswers().Select(Shared)]);
        return operation;
    }

    private JsonObject ErrorsOf() => SendOperation(
        OperationFacts.Of(OperationFacts.Errors),
        [.. ErrorCatalog.OfConnection.Select(errors.InfoOf).Select(shared.Error).Append(shared.AnyError()).Select(Shared)],
        "Reports messages that are not JSON, match no action or exceed the rate limit, and connections that are refused");

    private IEnumerable<string> ErrorsOf(ActionContract action) => errors.Of(action).Select(shared.Error).Append(shared.AnyError()).Select(Shared);

    private JsonObject ReceiveOperation(string kind, string? routingKey, ActionContract action, string request, string[] replies)
    {
        var operation = Operation("receive", [request]);
        if (action.Function.Title is { } title)
            operation["title"] = title;
        if (action.Function.Description is { } description)
            operation["description"] = description;
        if (action.NeedsSession)
            operation["security"] = Security.Any();
        if (Tags(action.Function.Tags) is { } tags)
            operation["tags"] = tags;
        if (replies.Length > 0)
            operation["reply"] = Reply(replies);
        operation[AsyncApiDocument.Extension] = OperationFacts.Of(kind, routingKey, action, kind == OperationFacts.Binary ? [] : errors.Of(action).Select(error => error.Name));
        return operation;
    }

    private JsonObject SendOperation(JsonObject facts, IReadOnlyList<string> messages, string? title)
    {
        var operation = Operation("send", messages);
        if (title is not null)
            operation["title"] = title;
        operation[AsyncApiDocument.Extension] = facts;
        return operation;
    }

    private JsonObject Operation(string action, IReadOnlyList<string> messages) =>
        new() { ["action"] = action, ["channel"] = Reference(), ["messages"] = References(messages) };

    private JsonObject Reply(IReadOnlyList<string> messages) => new() { ["channel"] = Reference(), ["messages"] = References(messages) };

    private JsonObject Reference(string part = "") => new() { ["$ref"] = $"#/channels/{Key}{part}" };

    private JsonArray References(IEnumerable<string> messages) => [.. messages.Select(message => Reference($"/messages/{message}"))];

    private string Message(string identity, string name, JsonObject payload, string? description, string? contentType = null, bool correlated = false)
    {
        var message = new JsonObject { ["name"] = name };
        if (description is not null)
            message["description"] = description;
        if (contentType is not null)
            message["contentType"] = contentType;
        message["payload"] = payload;
        if (correlated)
            message["correlationId"] = new JsonObject { ["$ref"] = "#/components/correlationIds/id" };
        var messageKey = _keys.Of(identity, name);
        _messages[messageKey] = message;
        return messageKey;
    }

    private string Shared(string component)
    {
        var messageKey = _keys.Of($"shared {component}", component);
        if (!_messages.ContainsKey(messageKey))
            _messages[messageKey] = new JsonObject { ["$ref"] = $"#/components/messages/{component}" };
        return messageKey;
    }

    private JsonObject? Schema(TypeUse? type) => type is null ? null : schemas.Write(type);

    private static string NameOf(TypeUse type) => type switch
    {
        TypeUse.Declared declared => declared.Declaration.Name,
        TypeUse.Nullable nullable => NameOf(nullable.Of),
        TypeUse.List list => NameOf(list.Item) + "List",
        TypeUse.Map map => NameOf(map.Value) + "Map",
        TypeUse.Scalar scalar => scalar.Kind.ToString(),
        _ => "message",
    };

    private static JsonArray? Tags(IEnumerable<string> tags) =>
        tags.Distinct(StringComparer.Ordinal).Select(tag => (JsonNode?)new JsonObject { ["name"] = tag }).ToArray() is { Length: > 0 } named ? new JsonArray(named) : null;
}
