using System.Text.Json.Nodes;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi;

/// <summary>Messages that have the same form on all channels: errors, and clients' answers to calls. The document contains only those
/// that it uses.</summary>
internal sealed class SharedMessages(ComponentKeys schemas)
{
    private const string Pending = "RemotePending";
    private const string Failure = "RemoteFailure";
    private const string Other = "Error";
    private const string AuthMessage = "PikkuAuth";
    private const string AuthReplyMessage = "PikkuAuthReply";
    private const string CancelMessage = "PikkuCancel";
    private const string PingMessage = "PikkuPing";
    private const string PongMessage = "PikkuPong";
    private const string UnsubscribeMessage = "PikkuUnsubscribe";
    private const string UnsubscribeReplyMessage = "PikkuUnsubscribeReply";
    private const string UnsubscribedMessage = "PikkuUnsubscribed";
    private const string PositionMessage = "PikkuPosition";
    private const string CloseMessage = "PikkuClose";
    private const string LostMessage = "PikkuLost";

    private readonly ComponentKeys _keys = new();
    private readonly SortedDictionary<string, JsonObject> _messages = new(StringComparer.Ordinal);
    private readonly string _errorSchema = schemas.Of("the envelope of errors", "PikkuError");

    /// <summary>The answers to a call of a client that are the same for all functions.</summary>
    public IEnumerable<string> RemoteAnswers() =>
    [
        Add(Failure, () => Message(Failure, "The client's function failed, or the client has no function with this name.", Envelope.RemoteFailure())),
        Add(Pending, () => Message(Pending, "The client needs more time; the server suspends the timeout of the call.", Envelope.RemotePending())),
    ];

    /// <summary>Returns the message of a specific error.</summary>
    public string Error(ErrorInfo error) => Add($"{error.Name} {error.Status}", () =>
    {
        var properties = new JsonObject { ["name"] = Envelope.Constant(error.Name) };
        if (error.Status > 0)
            properties["status"] = new JsonObject { ["const"] = error.Status };
        var inner = new JsonObject { ["properties"] = properties };
        if (error.Status == 422)
            inner["required"] = new JsonArray("details");
        var payload = new JsonObject
        {
            ["allOf"] = new JsonArray(ErrorReference(), new JsonObject { ["properties"] = new JsonObject { ["error"] = inner } }),
        };
        return Message(error.Name, error.Message, payload);
    }, error.Name);

    /// <summary>Returns the message of any error, because a reply may carry an error that the document does not list.</summary>
    public string AnyError() => Add(Other, () => Message(Other, "Any other error. A client uses its status.", ErrorReference()));

    public string Auth() => Add(AuthMessage, () => Message(AuthMessage, "Renews the session with a new token of the same user.", Envelope.Auth()));

    public string AuthReply() => Add(AuthReplyMessage, () => Message(AuthReplyMessage, "The session has been renewed.", Envelope.AuthReply()));

    public string Cancel() => Add(CancelMessage, () => Message(
        CancelMessage, "Cancels the message or the stream with the id. There is no reply; the cancelled message is answered with RequestCancelledError.", Envelope.Cancel()));

    public string Ping() => Add(PingMessage, () => Message(PingMessage, "Asks for a sign of life.", Envelope.Ping(), correlated: false));

    public string Pong() => Add(PongMessage, () => Message(PongMessage, "The answer to a ping.", Envelope.Pong(), correlated: false));

    public string Position() => Add(PositionMessage, () => Message(
        PositionMessage, "The client has everything up to this, although it got no event.", Envelope.Position(), correlated: false));

    public string Unsubscribe() => Add(UnsubscribeMessage, () => Message(UnsubscribeMessage, "Ends a subscription of the client.", Envelope.Unsubscribe()));

    public string UnsubscribeReply() => Add(UnsubscribeReplyMessage, () => Message(UnsubscribeReplyMessage, "No more events of the topic follow.", Envelope.UnsubscribeReply()));

    public string Unsubscribed() => Add(UnsubscribedMessage, () => Message(
        UnsubscribedMessage, "The server has ended a subscription. No more events of the topic follow.", Envelope.Unsubscribed(ErrorReference()), correlated: false));

    public string Close() => Add(CloseMessage, () => Message(
        EventStreamEvents.Close, "The last event of a stream that the server ends.", Envelope.Close(), correlated: false));

    public string Lost() => Add(LostMessage, () => Message(
        EventStreamEvents.Lost, "The first event of a stream that does not have what followed the `Last-Event-ID` of its request.", Envelope.Lost(), correlated: false));

    /// <summary>Returns the components. Call this after all channels are written.</summary>
    public IEnumerable<KeyValuePair<string, JsonNode?>> Messages() => _messages.Select(message => KeyValuePair.Create(message.Key, (JsonNode?)message.Value));

    /// <inheritdoc cref="Messages"/>
    public IEnumerable<KeyValuePair<string, JsonNode?>> Schemas() => [KeyValuePair.Create(_errorSchema, (JsonNode?)Envelope.Error())];

    private string Add(string identity, Func<JsonObject> write, string? wanted = null)
    {
        var key = _keys.Of(identity, wanted ?? identity);
        if (!_messages.ContainsKey(key))
            _messages.Add(key, write());
        return key;
    }

    private JsonObject ErrorReference() => new() { ["$ref"] = $"#/components/schemas/{_errorSchema}" };

    private static JsonObject Message(string name, string summary, JsonObject payload, bool correlated = true)
    {
        var message = new JsonObject { ["name"] = name };
        if (summary.Length > 0)
            message["summary"] = summary;
        message["payload"] = payload;
        if (correlated)
            message["correlationId"] = new JsonObject { ["$ref"] = "#/components/correlationIds/id" };
        return message;
    }
}
