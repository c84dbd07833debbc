using System.Text.Json;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Validates the topics that channels declare, and compiles those that clients may subscribe to.</summary>
/// <param name="input">The input options of the application.</param>
/// <param name="json">The JSON options of the application.</param>
/// <param name="problem">Receives each problem: its place, and what is wrong with the fix.</param>
internal sealed class TopicCompiler(InputOptions input, JsonSerializerOptions json, Action<string, string> problem)
{
    // One topic takes its events from the memory of all topics. A client that missed more than some thousand events loads the state instead.
    private const int MaxEvents = 100_000;

    /// <summary>Validates the names of the topics of a channel.</summary>
    /// <param name="place">The channel, for problems.</param>
    /// <param name="topics">The topics.</param>
    public void Check(string place, IReadOnlyList<TopicDeclaration> topics)
    {
        foreach (var topic in topics)
        {
            if (topic.Problem is { } reason)
                problem(place, string.IsNullOrWhiteSpace(topic.Name) ? "declares a topic without a name; give the topic the name to which events are published" : $"declares the topic '{topic.Name}', which {reason}");
            else if (topic.Accept(new KeyCheck(input, json)) is { } mismatch)
                problem(place, $"declares the topic '{topic.Name}', which {mismatch}");
            if (ProblemOf(topic) is { } fault)
                problem(place, $"declares the topic '{topic.Name}', which {fault}");
        }

        // Two families that match the same name would differ in who may subscribe to it. The same name twice is reported elsewhere.
        var families = topics.Where(topic => topic.Template is not null).DistinctBy(topic => topic.Name, StringComparer.Ordinal).ToList();
        for (var i = 0; i < families.Count; i++)
            foreach (var other in families.Skip(i + 1).Where(other => families[i].Template!.Overlaps(other.Template!)))
                problem(place, $"declares the topics '{families[i].Name}' and '{other.Name}', which can have the same name; begin their names differently");
    }

    /// <summary>Finds topics whose history two channels declare differently. The same history is one declaration.</summary>
    public void CheckHistories(IEnumerable<(string Channel, TopicDeclaration Topic)> declarations)
    {
        var kept = declarations.Where(one => one.Topic is { History: not null, Problem: null }).ToList();
        for (var i = 0; i < kept.Count; i++)
        {
            var (channel, topic) = kept[i];
            foreach (var (otherChannel, other) in kept.Skip(i + 1).Where(one => one.Topic.History != topic.History && AreSame(one.Topic, topic)))
                problem(
                    $"the topic '{topic.Name}'",
                    $"keeps {TextOf(topic.History!)} in channel '{channel}', and '{other.Name}' keeps {TextOf(other.History!)} in channel '{otherChannel}'; use the same history for both");
        }
    }

    /// <summary>Compiles the check of subscriptions to a topic.</summary>
    /// <param name="topic">The topic, which is valid.</param>
    /// <param name="requiresSession">True when a session is required.</param>
    /// <param name="scopes">The scopes that the session must have.</param>
    /// <param name="permissions">The permissions.</param>
    /// <exception cref="NotSupportedException">JSON can't be read into the type of the key.</exception>
    /// <exception cref="InvalidOperationException">The type of the key is contradictory.</exception>
    public TopicRunner CreateRunner(TopicDeclaration topic, bool requiresSession, IReadOnlyList<string> scopes, PermissionCheck permissions) =>
        topic.Accept(new RunnerFactory(input, requiresSession, scopes, permissions));

    /// <summary>The type of the events of a topic.</summary>
    public TopicType TypeOf(TopicDeclaration topic) => topic.Keyed is null ? topic.Accept(new TypeFactory(json)) : TopicType<JsonElement>.For(json); // written without the type

    /// <summary>Returns what writes the name of a topic for a key of the right type, or null.</summary>
    public static Func<object?, string> NameOf(TopicDeclaration topic) => topic.Accept(new NameFactory());

    // Why the history or the snapshot of a topic is invalid, with the fix; null when they are valid.
    private static string? ProblemOf(TopicDeclaration topic)
    {
        if (topic.History is { } history)
        {
            if (history.MaxEvents is < 1 or > MaxEvents)
                return $"keeps {history.MaxEvents} events; pass WithHistory a number from 1 to {MaxEvents}";
            if (history.MaxAge <= TimeSpan.Zero)
                return $"keeps events for {history.MaxAge}; pass WithHistory a time above zero, or none for pikku.history.max-age";
            if (BinaryValue.IsBinary(topic.Payload))
                return "has bytes as events, which are sent without their number, and keeps a history; use a type that is JSON, or remove WithHistory";
        }

        if (topic.Keyed is { EntryLifetime: { } lifetime } && lifetime <= TimeSpan.Zero)
            return $"keeps entries for {lifetime}; pass WithEntryLifetime a time above zero, or remove the call";
        if (topic.Keyed is { JoinOnSubscribe: not null } && !topic.AllowsSubscribe)
            return "lets clients join that subscribe, but clients can't subscribe to it; call AllowSubscribe(), or remove JoinOnSubscribe";
        if (topic.Snapshot is null)
            return null;
        if (!topic.AllowsSubscribe)
            return "has a snapshot, but clients can't subscribe to it; call AllowSubscribe(), or remove WithSnapshot";
        return topic.History is null
            ? "has a snapshot but no history, so the events that are published while it loads would be missed; call WithHistory(…)"
            : null;
    }

    private static bool AreSame(TopicDeclaration one, TopicDeclaration other) =>
        one.Template is { } template && other.Template is { } otherTemplate ? template.Text == otherTemplate.Text || template.Overlaps(otherTemplate) : one.Name == other.Name;

    private static string TextOf(HistoryDeclaration history) => $"{history.MaxEvents} events for {history.MaxAge?.ToString() ?? "pikku.history.max-age"}";

    private sealed class RunnerFactory(InputOptions input, bool requiresSession, IReadOnlyList<string> scopes, PermissionCheck permissions) : ITopicVisitor<TopicRunner>
    {
        public TopicRunner Visit<TEvent>(TopicDeclaration<TEvent> topic) =>
            new TopicRunner<NoData>(requiresSession, scopes, null, permissions);

        public TopicRunner Visit<TKey, TEvent>(TopicDeclaration<TKey, TEvent> topic) =>
            new TopicRunner<TKey>(requiresSession, scopes, new TopicKeyReader<TKey>(topic.KeyFormat, input), permissions);
    }

    private sealed class NameFactory : ITopicVisitor<Func<object?, string>>
    {
        public Func<object?, string> Visit<TEvent>(TopicDeclaration<TEvent> topic) => _ => topic.Name;

        public Func<object?, string> Visit<TKey, TEvent>(TopicDeclaration<TKey, TEvent> topic) => key => topic.KeyFormat.Format((TKey)key!);
    }

    private sealed class TypeFactory(JsonSerializerOptions json) : ITopicVisitor<TopicType>
    {
        public TopicType Visit<TEvent>(TopicDeclaration<TEvent> topic) => TopicType<TEvent>.For(json);

        public TopicType Visit<TKey, TEvent>(TopicDeclaration<TKey, TEvent> topic) => TopicType<TEvent>.For(json);
    }

    // The names of topics are written without the options of the application (TopicKey) and read with them. Clients write a value as its JSON.
    private sealed class KeyCheck(InputOptions input, JsonSerializerOptions json) : ITopicVisitor<string?>
    {
        public string? Visit<TEvent>(TopicDeclaration<TEvent> topic) => null;

        public string? Visit<TKey, TEvent>(TopicDeclaration<TKey, TEvent> topic)
        {
            try
            {
                input.Rules.DemandReadable(typeof(TKey));
                return topic.KeyFormat.IsSimple ? CheckForm(typeof(TKey), "the key") : CheckProperties<TKey>(topic.Template!.Placeholders);
            }
            catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
            {
                return $"has the key {typeof(TKey)}, which cannot be deserialized: {e.Message}";
            }
        }

        private string? CheckProperties<TKey>(IReadOnlyList<string> placeholders)
        {
            var properties = input.OpeningData.Plain(typeof(TKey)).Properties;
            foreach (var placeholder in placeholders)
            {
                if (properties.FirstOrDefault(property => input.OpeningData.Names.Equals(property.Name, placeholder)) is not { } property)
                    return $"has the placeholder '{{{placeholder}}}', but ConfigureJson gives the property of {typeof(TKey)} another name; set the name with [JsonPropertyName(\"{placeholder}\")]";
                if (CheckForm(property.PropertyType, $"the property '{placeholder}'") is { } reason)
                    return reason;
            }

            return null;
        }

        // Only enumerations change their form with usual options: between names and numbers.
        private string? CheckForm(Type type, string what)
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            if (!type.IsEnum)
                return null;
            foreach (var value in Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(number => Enum.ToObject(type, number)))
            {
                if (JsonSerializer.Serialize(value, type, json) != JsonSerializer.Serialize(value, type, JsonSerializerOptions.Web))
                    return $"has {type} as {what}, which ConfigureJson writes in another form than a topic; put [JsonConverter(typeof(JsonStringEnumConverter<{type.Name}>))] on the enumeration";
            }

            return null;
        }
    }
}
