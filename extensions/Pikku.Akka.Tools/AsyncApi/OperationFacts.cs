using System.Text.Json.Nodes;
using Pikku.Akka.Contracts;

namespace Pikku.Akka.AsyncApi;

/// <summary>Writes the extension that describes an operation in Pikku's terms. <c>ContractDiff</c> reads it.</summary>
internal static class OperationFacts
{
    public const string Action = "action";
    public const string Fallback = "fallback";
    public const string Binary = "binary";
    public const string Topic = "topic";
    public const string Subscription = "subscription";
    public const string EventStream = "event-stream";
    public const string Message = "message";
    public const string Remote = "remote";
    public const string Errors = "errors";

    /// <summary>A message of the protocol, which is the same in every application.</summary>
    public const string Protocol = "protocol";

    /// <summary>The schema of the key of a topic family.</summary>
    public const string TopicKey = "topicKey";

    /// <summary>How much of the past of a topic the server keeps.</summary>
    public const string History = "history";

    /// <summary>The maximum number of events in <see cref="History"/>.</summary>
    public const string MaxEvents = "maxEvents";

    /// <summary>The maximum age of events in <see cref="History"/>, in seconds; missing if the settings of the server decide.</summary>
    public const string MaxAgeSeconds = "maxAgeSeconds";

    /// <summary>The schema of the state of a topic.</summary>
    public const string Snapshot = "snapshot";

    public static JsonObject Of(HistoryDeclaration history)
    {
        var facts = new JsonObject { [MaxEvents] = history.MaxEvents };
        if (history.MaxAge is { } age)
            facts[MaxAgeSeconds] = age.TotalSeconds;
        return facts;
    }

    public static JsonObject Of(string kind, string? name = null)
    {
        var facts = new JsonObject { ["kind"] = kind };
        if (name is not null)
            facts["name"] = name;
        return facts;
    }

    /// <param name="kind">One of the constants.</param>
    /// <param name="key">The routing key; null if there is none.</param>
    /// <param name="action">The action.</param>
    /// <param name="errors">The names of its errors.</param>
    public static JsonObject Of(string kind, string? key, ActionContract action, IEnumerable<string> errors)
    {
        var facts = new JsonObject { ["kind"] = kind };
        if (key is not null)
            facts["key"] = key;
        if (action.Name.Length > 0)
            facts["name"] = action.Name;
        if (kind != Subscription)
            facts["function"] = action.Function.Name;
        if (action.Function.Version != 1)
            facts["version"] = action.Function.Version;
        if (action.NeedsSession)
            facts["session"] = true;
        if (action.NeedsPermission)
            facts["permission"] = true;
        if (action.Function.ReadOnly)
            facts["readonly"] = true;
        if (action.IsStream)
            facts["stream"] = true;
        if (action.Function.Scopes.Count > 0)
            facts["scopes"] = Texts(action.Function.Scopes.Order(StringComparer.Ordinal));
        if (errors.Select(error => JsonValue.Create(error)).ToArray() is { Length: > 0 } named)
            facts["errors"] = new JsonArray(named);
        return facts;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
