using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pikku.Akka.Contracts;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi;

/// <summary>Writes schemas of the envelopes around inputs and outputs of functions on <c>pikku.v1</c> (docs/protocol.md).</summary>
internal static partial class Envelope
{
    // The protocol routes its own messages by this key, also on channels with other routing keys.
    private const string Action = "action";

    /// <summary>Writes the schema of a message or its reply: <c>{"action":"create","id":7,"data":…}</c>.</summary>
    /// <param name="route">The routing key and its value; null for replies of the default handler.</param>
    /// <param name="data">The schema of the data; null if there is no data.</param>
    /// <param name="mayOmit">True if data is optional.</param>
    public static JsonObject Message((string Key, string Value)? route, JsonObject? data, bool mayOmit = false) =>
        WithData(Head(route), data, mayOmit, Required(route));

    /// <summary>Writes the schema of an item of a stream: <c>{"action":"ticks","id":7,"item":…}</c>.</summary>
    public static JsonObject Item((string Key, string Value)? route, JsonObject item) => WithData(Head(route), item, false, Required(route), "item");

    /// <summary>Writes the schema of the end of a stream: <c>{"action":"ticks","id":7,"done":true}</c>.</summary>
    public static JsonObject StreamEnd((string Key, string Value)? route) =>
        WithData(Head(route), new JsonObject { ["const"] = true }, false, Required(route), "done");

    /// <summary>Writes the schema of an event: <c>{"topic":"todos:created","data":…}</c>. In the name of a topic family, each part
    /// in braces matches any text. If the topic has history, the event carries its number.</summary>
    public static JsonObject Event(string topic, JsonObject data, bool hasHistory)
    {
        var properties = new JsonObject { ["topic"] = TopicName(topic), ["data"] = data };
        if (hasHistory)
            properties["at"] = Text("The number of the event: the publishing process, a dot, and a number that is consecutive for the process and the topic.");
        return Object(properties, "topic", "data");
    }

    /// <summary>Writes the schema of what the events of a topic carry.</summary>
    /// <param name="kind">What the events say.</param>
    /// <param name="payload">Writes the schema of the payload of the topic.</param>
    public static JsonObject Content(TopicKind kind, Func<JsonObject> payload) => kind switch
    {
        TopicKind.Presence => Object(
            new JsonObject
            {
                ["joined"] = payload(), ["updated"] = payload(), ["left"] = payload(),
                ["key"] = Text("Identifies the connection. Beside it, the event has one of the other properties: the info of a connection that has joined, was updated or has left."),
            },
            "key"),
        TopicKind.State => Object(
            new JsonObject
            {
                ["key"] = Text("The key of the entry. Beside it, the event has either a new value, or says that the entry was removed."),
                ["value"] = payload(),
                ["removed"] = new JsonObject { ["const"] = true },
            },
            "key"),
        _ => payload(),
    };

    /// <summary>Writes the schema of a message that moves the position of a client without an event: <c>{"topic":"board:7","at":…}</c> or
    /// <c>{"topic":"board:7","position":…}</c>.</summary>
    public static JsonObject Position() => Object(
        new JsonObject
        {
            ["topic"] = Text(),
            ["at"] = Text("The number of an event that the client does not get; its position advances as if it had."),
            ["position"] = Text("The position that replaces the client's. If it names more than the client has, events are missing."),
        },
        "topic");

    /// <summary>Writes the schema of <c>{"action":"pikku-subscribe","id":1,"data":{"topic":"board:7"}}</c>, with <c>since</c> if the topic has history.</summary>
    public static JsonObject Subscribe(string topic, bool hasHistory)
    {
        var properties = new JsonObject { ["topic"] = TopicName(topic) };
        if (hasHistory)
            properties["since"] = Text("The position of the client. The events behind it follow the reply.");
        return Reserved(SubscriptionProtocol.Subscribe, Object(properties, "topic"));
    }

    /// <summary>Writes the schema of <c>{"action":"pikku-subscribe","id":1,"data":{"subscribed":"board:7","recovery":"none"}}</c>.</summary>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="hasHistory">True if the reply says how far the client's position was recovered.</param>
    /// <param name="snapshot">The schema of the state; null if the topic has none.</param>
    /// <param name="hasKeys">True if the state is the list of a presence topic.</param>
    public static JsonObject Subscribed(string topic, bool hasHistory, JsonObject? snapshot, bool hasKeys)
    {
        var properties = new JsonObject { ["subscribed"] = TopicName(topic), ["recovery"] = Text("The past events that follow; none without history.") };
        if (hasHistory)
        {
            properties["recovery"] = Choice("Complete: everything behind the client's position follows. Lost: it does not. None: the client sent no position.", "none", "complete", "lost");
            properties["reason"] = Choice("Why the events are lost.", "expired", "limit", "unknown");
            properties["position"] = Text("The position behind which events follow. It replaces the client's.");
            properties["replayed"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["description"] = "The number of past events that follow." };
        }

        if (snapshot is not null)
            properties["snapshot"] = snapshot;
        if (hasKeys)
            properties["keys"] = new JsonObject { ["type"] = "array", ["items"] = Text(), ["description"] = "The keys of the entries in the snapshot, in the same order." };
        return Reserved(SubscriptionProtocol.Subscribe, Object(properties, "subscribed", "recovery"));
    }

    public static JsonObject Unsubscribe() => Reserved(SubscriptionProtocol.Unsubscribe, Object(new JsonObject { ["topic"] = Text() }, "topic"));

    public static JsonObject UnsubscribeReply() => Reserved(SubscriptionProtocol.Unsubscribe, Object(new JsonObject { ["unsubscribed"] = Text() }, "unsubscribed"));

    /// <summary>Writes the schema of the end of a subscription, which has no id because it answers no message.</summary>
    public static JsonObject Unsubscribed(JsonObject error) => new()
    {
        ["allOf"] = new JsonArray(error, Object(new JsonObject { [Action] = Constant(ReservedActions.Unsubscribed), ["subscribed"] = Text() }, Action, "subscribed")),
    };

    public static JsonObject Auth() => Reserved(ReservedActions.Auth, Object(new JsonObject { ["token"] = Text() }, "token"));

    public static JsonObject AuthReply() => Message(
        (Action, ReservedActions.Auth),
        Object(new JsonObject { ["expiresAt"] = new JsonObject { ["type"] = "string", ["format"] = "date-time", ["description"] = "The end of the session, if it has one." } }),
        mayOmit: true);

    public static JsonObject Cancel() => Object(new JsonObject { [Action] = Constant(ReservedActions.Cancel), ["id"] = Id() }, Action, "id");

    public static JsonObject Ping() => Object(new JsonObject { [Action] = Constant(ReservedActions.Ping), ["ready"] = Ready() }, Action);

    public static JsonObject Pong() => Object(
        new JsonObject { [Action] = Constant(ReservedActions.Pong), ["ready"] = Ready(), ["expiresAt"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" } }, Action);

    /// <summary>Writes the schema of the data of the last event of an event stream.</summary>
    public static JsonObject Close() => Object(
        new JsonObject { ["code"] = new JsonObject { ["type"] = "integer", ["description"] = "The close code, as that of a WebSocket." }, ["reason"] = Text() }, "code", "reason");

    /// <summary>Writes the schema of the data of the first event of an event stream that cannot be resumed.</summary>
    public static JsonObject Lost() => Object(
        new JsonObject { ["subscribed"] = Text(), ["recovery"] = Constant("lost"), ["reason"] = Text() }, "subscribed", "recovery", "reason");

    /// <summary>Writes the schema of a declared message: <c>{"message":"Notification","data":…}</c>.</summary>
    public static JsonObject Named(string name, JsonObject data) =>
        Object(new JsonObject { ["message"] = Constant(name), ["data"] = data }, "message", "data");

    public static JsonObject RemoteCall(string function, JsonObject? data, bool mayOmit)
    {
        var properties = RemoteHead(RemoteProtocol.Request);
        properties["funcName"] = Constant(function);
        return WithData(properties, data, mayOmit, [RemoteProtocol.Key, "id", "funcName"]);
    }

    public static JsonObject RemoteAnswer(JsonObject? result, bool mayOmit)
    {
        var properties = RemoteHead(RemoteProtocol.Response);
        properties["ok"] = new JsonObject { ["const"] = true };
        return WithData(properties, result, mayOmit, [RemoteProtocol.Key, "id", "ok"], "result");
    }

    public static JsonObject RemoteFailure()
    {
        var properties = RemoteHead(RemoteProtocol.Response);
        properties["ok"] = new JsonObject { ["const"] = false };
        properties["error"] = Object(new JsonObject { ["name"] = Text(), ["message"] = Text() }, "name", "message");
        return Object(properties, RemoteProtocol.Key, "id", "ok", "error");
    }

    public static JsonObject RemotePending()
    {
        var properties = RemoteHead(RemoteProtocol.Pending);
        properties["reason"] = Text();
        return Object(properties, RemoteProtocol.Key, "id");
    }

    public static JsonObject Error()
    {
        var detail = Object(new JsonObject { ["path"] = Text("The path of the invalid value, such as items[0].title; empty for the whole input."), ["message"] = Text() }, "path", "message");
        var error = Object(
            new JsonObject
            {
                ["name"] = Text("The name of the error, for programs. If a client does not know the name, it uses the status."),
                ["status"] = new JsonObject { ["type"] = "integer", ["minimum"] = 400, ["maximum"] = 599, ["description"] = "The equivalent HTTP status code." },
                ["message"] = Text("The description of the error, for people."),
                ["errorId"] = Text("The id of the error in the server's log, if the error hides its cause from clients."),
                ["details"] = new JsonObject { ["type"] = "array", ["items"] = detail, ["description"] = "The validation rules that the input breaks." },
            },
            "name", "status", "message");
        var schema = Object(new JsonObject { ["id"] = Id(), ["error"] = error }, "error");
        schema["description"] = "Also carries the routing property of its message, if the message named an action.";
        return schema;
    }

    public static JsonObject Constant(string value) => new() { ["type"] = "string", ["const"] = value };

    private static JsonObject Reserved(string action, JsonObject data) => Message((Action, action), data);

    private static JsonObject Ready() => new() { ["const"] = true, ["description"] = "A ping with it is answered when the connection is open for messages." };

    private static JsonObject TopicName(string topic) =>
        topic.Contains('{') ? new JsonObject { ["type"] = "string", ["pattern"] = PatternOf(topic) } : Constant(topic);

    private static JsonObject Head((string Key, string Value)? route)
    {
        var properties = new JsonObject();
        if (route is var (key, value))
            properties[key] = Constant(value);
        properties["id"] = Id();
        return properties;
    }

    private static string[] Required((string Key, string Value)? route) => route is { } named ? [named.Key] : [];

    private static JsonObject RemoteHead(ReadOnlySpan<byte> action) => new()
    {
        [RemoteProtocol.Key] = Constant(System.Text.Encoding.UTF8.GetString(action)),
        ["id"] = new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+$" },
    };

    private static JsonObject WithData(JsonObject properties, JsonObject? data, bool mayOmit, string[] required, string name = "data")
    {
        if (data is null)
            return Object(properties, required);
        properties[name] = data;
        return Object(properties, mayOmit ? required : [.. required, name]);
    }

    private static JsonObject Object(JsonObject properties, params string[] required)
    {
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Length > 0)
            schema["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]);
        return schema;
    }

    private static JsonObject Id() => new() { ["type"] = new JsonArray("string", "number") };

    private static JsonObject Choice(string description, params string[] values) =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]), ["description"] = description };

    private static JsonObject Text(string? description = null) =>
        description is null ? new JsonObject { ["type"] = "string" } : new JsonObject { ["type"] = "string", ["description"] = description };

    // Escapes only what ECMAScript requires: Regex.Escape also writes escapes that ECMAScript does not allow.
    private static string PatternOf(string topic) =>
        $"^{string.Concat(Part().Matches(topic).Select(part => part.Value is ['{', ..] ? ".+" : Special().Replace(part.Value, @"\$0")))}$";

    [GeneratedRegex(@"\{\w+\}|[^{]+")]
    private static partial Regex Part();

    [GeneratedRegex(@"[\\^$.|?*+()\[\]{}/]")]
    private static partial Regex Special();
}
