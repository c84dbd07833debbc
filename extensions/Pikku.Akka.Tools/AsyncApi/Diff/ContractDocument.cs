using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>Reads those parts of a document written by <see cref="AsyncApiDocument"/> that <see cref="ContractDiff"/> compares.</summary>
internal sealed class ContractDocument
{
    private readonly JsonObject _root;

    private ContractDocument(JsonObject root)
    {
        _root = root;
        var operations = Objects(root, "operations").Select(operation => operation.Value).Where(HasFacts)
            .ToLookup(operation => operation["channel"]!["$ref"]!.GetValue<string>());
        var channels = Objects(root, "channels").Where(channel => HasFacts(channel.Value)).ToLookup(channel => IsEventStream(channel.Value));
        var streamed = channels[true].Select(channel => ChannelPart.NameOf(channel.Value)).ToHashSet(StringComparer.Ordinal);
        Channels = [.. channels[false].Select(channel =>
            new ChannelPart(this, channel.Value, operations[$"#/channels/{channel.Key}"], streamed.Contains(ChannelPart.NameOf(channel.Value))))];
    }

    public IReadOnlyList<ChannelPart> Channels { get; }

    /// <exception cref="UnreadableContractException">The text is not JSON, not AsyncAPI 3, or not written by Pikku.Akka.</exception>
    public static ContractDocument Parse(string json)
    {
        try
        {
            if (JsonNode.Parse(json) is not JsonObject root || root["asyncapi"]?.GetValue<string>().StartsWith("3.", StringComparison.Ordinal) != true)
                throw new UnreadableContractException("It is not an AsyncAPI 3 document.");
            if (root["channels"] is not JsonObject channels || channels.Any(channel => channel.Value is not JsonObject part || !HasFacts(part)))
                throw new UnreadableContractException($"It was not written by Pikku.Akka: its channels lack '{AsyncApiDocument.Extension}'.");
            return new ContractDocument(root);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or KeyNotFoundException)
        {
            throw new UnreadableContractException($"It cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Returns the target of a reference; a node that is not a reference is returned unchanged.</summary>
    public JsonObject Resolve(JsonObject node)
    {
        for (var depth = 0; node["$ref"] is JsonValue reference; depth++)
        {
            var path = reference.GetValue<string>();
            if (depth > 100 || !path.StartsWith("#/", StringComparison.Ordinal))
                throw new UnreadableContractException($"The reference '{path}' has no target.");
            JsonNode? at = _root;
            foreach (var part in path[2..].Split('/'))
                at = (at as JsonObject)?[part];
            node = at as JsonObject ?? throw new UnreadableContractException($"The reference '{path}' has no target.");
        }

        return node;
    }

    internal static IEnumerable<KeyValuePair<string, JsonObject>> Objects(JsonObject? owner, string name) =>
        (owner?[name] as JsonObject ?? []).Where(part => part.Value is JsonObject).Select(part => KeyValuePair.Create(part.Key, (JsonObject)part.Value!));

    private static bool IsEventStream(JsonObject channel) => channel[AsyncApiDocument.Extension]![EventStreamDocument.Fact] is not null;

    private static bool HasFacts(JsonObject part) => part[AsyncApiDocument.Extension] is JsonObject;
}
