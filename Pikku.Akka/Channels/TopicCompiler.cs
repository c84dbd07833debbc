using System.Text.Json;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Channels;

/// <summary>Validates the topics that channels declare, and compiles those that clients may subscribe to.</summary>
/// <param name="input">The input options of the application.</param>
/// <param name="json">The JSON options of the application.</param>
/// <param name="problem">Receives each problem: its place, and what is wrong with the fix.</param>
internal sealed class TopicCompiler(InputOptions input, JsonSerializerOptions json, Action<string, string> problem)
{
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
        }

        // Two families that match the same name would differ in who may subscribe to it. The same name twice is reported elsewhere.
        var families = topics.Where(topic => topic.Template is not null).DistinctBy(topic => topic.Name, StringComparer.Ordinal).ToList();
        for (var i = 0; i < families.Count; i++)
            foreach (var other in families.Skip(i + 1).Where(other => families[i].Template!.Overlaps(other.Template!)))
                problem(place, $"declares the topics '{families[i].Name}' and '{other.Name}', which can have the same name; begin their names differently");
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
    public TopicType TypeOf(TopicDeclaration topic) => topic.Accept(new TypeFactory(json));

    private sealed class RunnerFactory(InputOptions input, bool requiresSession, IReadOnlyList<string> scopes, PermissionCheck permissions) : ITopicVisitor<TopicRunner>
    {
        public TopicRunner Visit<TEvent>(TopicDeclaration<TEvent> topic) =>
            new TopicRunner<NoData>(requiresSession, scopes, null, permissions);

        public TopicRunner Visit<TKey, TEvent>(TopicDeclaration<TKey, TEvent> topic) =>
            new TopicRunner<TKey>(requiresSession, scopes, new TopicKeyReader<TKey>(topic.KeyFormat, input), permissions);
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
