using System.Text.Json.Nodes;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>An operation of a document: an action, an event or a call of the client.</summary>
internal sealed class OperationPart
{
    private readonly JsonObject _facts;

    public OperationPart(ContractDocument document, JsonObject operation)
    {
        _facts = (JsonObject)operation[AsyncApiDocument.Extension]!;
        Kind = Text("kind")!;
        Identity = $"{Kind} {Text("key")} {Text("name")}";
        Label = LabelOf(Text("key"), Text("name"));
        Sent = Kind == OperationFacts.Subscription ? KeyOf(_facts) : MessagePart.Of(document, operation["messages"], Kind, isAnswer: false);
        Answer = MessagePart.Of(document, operation["reply"]?["messages"], Kind, isAnswer: true, IsStream);
    }

    /// <summary>One of the constants of <see cref="OperationFacts"/>.</summary>
    public string Kind { get; }

    /// <summary>Identifies the same operation in another document.</summary>
    public string Identity { get; }

    /// <summary>The name of the operation in messages to people.</summary>
    public string Label { get; }

    public bool NeedsSession => Flag("session");

    /// <summary>True if the reply is a stream of items.</summary>
    public bool IsStream => Flag("stream");

    public bool NeedsPermission => Flag("permission");

    public bool IsReadonly => Flag("readonly");

    public IReadOnlyList<string> Scopes => Texts("scopes");

    public IReadOnlyList<string> Errors => Texts("errors");

    /// <summary>True for messages of the protocol and for errors, which are the same in every application.</summary>
    public bool IsCommon => Kind is OperationFacts.Errors or OperationFacts.Protocol;

    /// <summary>The message that begins the operation; for a subscription, the key of the topic.</summary>
    public MessagePart? Sent { get; }

    /// <summary>The reply of the other side.</summary>
    public MessagePart? Answer { get; }

    /// <summary>The state of a topic; null if the topic has none.</summary>
    public MessagePart? Snapshot => _facts[OperationFacts.Snapshot] is JsonObject schema ? new MessagePart(schema, false) : null;

    /// <summary>How much of the past of a topic the server keeps, as text; null if it keeps nothing.</summary>
    public string? History => _facts[OperationFacts.History] is JsonObject history
        ? $"{history[OperationFacts.MaxEvents]} events{(history[OperationFacts.MaxAgeSeconds] is { } age ? $" of {age} s" : "")}"
        : null;

    private string LabelOf(string? key, string? name) => Kind switch
    {
        OperationFacts.Action => key == "action" ? $"action '{name}'" : $"action '{key}:{name}'",
        OperationFacts.Fallback => "the default handler",
        OperationFacts.Binary => "the binary handler",
        OperationFacts.Topic => $"topic '{name}'",
        OperationFacts.Subscription => $"subscription to '{name}'",
        OperationFacts.Message => $"message '{name}'",
        OperationFacts.Remote => $"the client's function '{name}'",
        _ => Kind,
    };

    private static MessagePart? KeyOf(JsonObject facts) => facts[OperationFacts.TopicKey] is JsonObject key ? new MessagePart(key, false) : null;

    private bool Flag(string name) => _facts[name]?.GetValue<bool>() == true;

    private string? Text(string name) => _facts[name]?.GetValue<string>();

    private string[] Texts(string name) => [.. (_facts[name] as JsonArray ?? []).Select(text => text!.GetValue<string>())];
}
