using System.Text.Json.Nodes;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi;

/// <summary>Messages that have one form on all channels: errors, and what clients answer to calls. Each stands in the document if it is needed.</summary>
internal sealed class SharedMessages(ComponentKeys schemas)
{
    private const string Pending = "RemotePending";
    private const string Failure = "RemoteFailure";
    private const string Other = "Error";

    private readonly ComponentKeys _keys = new();
    private readonly SortedDictionary<string, JsonObject> _messages = new(StringComparer.Ordinal);
    private readonly string _errorSchema = schemas.Of("the envelope of errors", "PikkuError");

    /// <summary>The answers to a call of a client that are the same for all functions.</summary>
    public IEnumerable<string> RemoteAnswers() =>
    [
        Add(Failure, () => Message(Failure, "The client's function failed, or the client has none of this name.", Envelope.RemoteFailure())),
        Add(Pending, () => Message(Pending, "The answer takes longer: the clock stops.", Envelope.RemotePending())),
    ];

    /// <summary>An error of one name.</summary>
    public string Error(ErrorInfo error) => Add($"{error.Name} {error.Status}", () =>
    {
        var told = new JsonObject { ["name"] = Envelope.Constant(error.Name) };
        if (error.Status > 0)
            told["status"] = new JsonObject { ["const"] = error.Status };
        var inner = new JsonObject { ["properties"] = told };
        if (error.Status == 422)
            inner["required"] = new JsonArray("details");
        var payload = new JsonObject
        {
            ["allOf"] = new JsonArray(ErrorReference(), new JsonObject { ["properties"] = new JsonObject { ["error"] = inner } }),
        };
        return Message(error.Name, error.Message, payload);
    }, error.Name);

    /// <summary>Any error at all: names that are not listed may come.</summary>
    public string AnyError() => Add(Other, () => Message(Other, "Any other error; a client goes by its status.", ErrorReference()));

    /// <summary>The components: to be asked for when all channels are written.</summary>
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

    private static JsonObject Message(string name, string summary, JsonObject payload)
    {
        var message = new JsonObject { ["name"] = name };
        if (summary.Length > 0)
            message["summary"] = summary;
        message["payload"] = payload;
        message["correlationId"] = new JsonObject { ["$ref"] = "#/components/correlationIds/id" };
        return message;
    }
}
