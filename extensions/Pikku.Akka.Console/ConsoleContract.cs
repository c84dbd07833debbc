using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.OperatorConsole;

/// <summary>The topics that the application declares, and the JSON schemas of their events, from which the page makes its forms. Thread-safe.</summary>
internal sealed class ConsoleContract
{
    private const int MaxTopics = 500; // a contract that a person chooses from; a topic beyond can be typed

    private readonly JsonSerializerOptions _json;
    private readonly Dictionary<string, TopicDeclaration> _topics = new(StringComparer.Ordinal);

    public ConsoleContract(PikkuBuilder wiring)
    {
        _json = new JsonSerializerOptions(wiring.Json);
        _json.TypeInfoResolver ??= new DefaultJsonTypeInfoResolver();
        _json.MakeReadOnly();
        foreach (var topic in wiring.Channels.SelectMany(channel => channel.Topics).Where(topic => topic.Problem is null))
            _topics.TryAdd(topic.Name, topic);
        Topics =
        [
            .. _topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal).Take(MaxTopics).Select(topic => new DeclaredTopic(
                topic.Name, [.. wiring.Channels.Where(channel => channel.Topics.Any(one => one.Name == topic.Name)).Select(channel => channel.Name)], topic.Keyed is null)),
        ];
    }

    public IReadOnlyList<DeclaredTopic> Topics { get; }

    /// <summary>The schema of the events of a topic; null when no channel declares it or its type has no schema.</summary>
    /// <param name="name">The name, or the template of a family.</param>
    public JsonElement? SchemaOf(string name)
    {
        var topic = _topics.GetValueOrDefault(name) ?? _topics.Values.FirstOrDefault(one => one.Template?.Matches(name) == true);
        if (topic is null)
            return null;
        try
        {
            return JsonSerializer.SerializeToElement<JsonNode>(_json.GetJsonSchemaAsNode(topic.Payload, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }));
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
        {
            return null; // the page shows a field for JSON
        }
    }
}
