using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.AsyncApi.Schemas;
using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.AsyncApi;

/// <summary>Writes the contract of an application as an AsyncAPI 3.0.0 document, from the application's point of view: it receives
/// actions and sends events.</summary>
internal static class AsyncApiDocument
{
    /// <summary>The extension that describes each part in Pikku's terms. Tools that do not know the extension ignore it.</summary>
    public const string Extension = "x-pikku";

    private const string WebSocketServer = "default";
    private const string EventStreamServer = "eventStreams";

    private const string About =
        """
        WebSocket channels of Pikku.Akka. Messages are described as they appear on the subprotocol `pikku.v1`, in an envelope:
        `{"action":"…","id":…,"data":…}`. Without the subprotocol, a message may also be flat: the properties of `data` appear next to the routing
        property, and there is no `id`; a reply has the same form as its message. A reply carries the `id` of its message.
        """;

    // Two spaces and unescaped text, as in the examples of the specification. A fixed newline gives the same text on every system.
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the text of the document. The same contract always gives the same text.</summary>
    public static string Write(AppContract contract, ErrorCatalog errors, AsyncApiInfo info) => Of(contract, errors, info).ToJsonString(Indented) + "\n";

    public static JsonObject Of(AppContract contract, ErrorCatalog errors, AsyncApiInfo info)
    {
        var schemas = new ComponentKeys();
        var shared = new SharedMessages(schemas);
        var writer = new SchemaWriter(contract.Channels.SelectMany(Types), schemas);
        var channels = new JsonObject();
        var operations = new JsonObject();
        var keys = (Channels: new ComponentKeys(), Operations: new ComponentKeys());
        foreach (var channel in contract.Channels)
        {
            var part = new ChannelDocument(channel, keys.Channels.Of(channel.Name, channel.Name), writer, shared, errors);
            part.WriteOperations(operations, keys.Operations);
            channels[part.Key] = part.Channel();
            if (channel.HasEventStreams)
            {
                var streams = new EventStreamDocument(channel, keys.Channels.Of($"{channel.Name} {EventStreamDocument.Fact}", $"{channel.Name}_streams"), writer, shared);
                streams.WriteOperations(operations, keys.Operations);
                channels[streams.Key] = streams.Channel();
            }
        }

        var document = new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = info.Title, ["version"] = info.Version, ["description"] = About.ReplaceLineEndings(" ") },
            ["defaultContentType"] = "application/json",
        };
        if (info.Server is { } server)
            document["servers"] = Servers(server, channels);
        document["channels"] = channels;
        document["operations"] = operations;
        document["components"] = Components(contract, writer, shared);
        return document;
    }

    // A server of AsyncAPI has one protocol. A channel that names no server is on all of them.
    private static JsonObject Servers(AsyncApiServer server, JsonObject channels)
    {
        var servers = new JsonObject { [WebSocketServer] = Server(server, "ws") };
        if (!channels.Any(channel => IsEventStream(channel.Value!)))
            return servers;
        servers[EventStreamServer] = Server(server, "http");
        foreach (var (_, channel) in channels)
            channel!["servers"] = new JsonArray(new JsonObject { ["$ref"] = $"#/servers/{(IsEventStream(channel) ? EventStreamServer : WebSocketServer)}" });
        return servers;
    }

    private static bool IsEventStream(JsonNode channel) => channel[Extension]![EventStreamDocument.Fact] is not null;

    private static JsonObject Server(AsyncApiServer server, string scheme)
    {
        var written = new JsonObject { ["host"] = server.Host, ["protocol"] = server.IsSecure ? $"{scheme}s" : scheme };
        if (server.Path.Length > 0)
            written["pathname"] = server.Path;
        return written;
    }

    private static JsonObject Components(AppContract contract, SchemaWriter writer, SharedMessages shared)
    {
        var components = new JsonObject
        {
            ["schemas"] = new JsonObject(writer.Components().Concat(shared.Schemas()).OrderBy(schema => schema.Key, StringComparer.Ordinal)),
            ["messages"] = new JsonObject(shared.Messages()),
            ["correlationIds"] = new JsonObject
            {
                ["id"] = new JsonObject { ["description"] = "The reply returns this value unchanged.", ["location"] = "$message.payload#/id" },
            },
        };
        if (contract.Channels.SelectMany(Actions).Any(action => action.NeedsSession))
            components["securitySchemes"] = Security.Schemes();
        return components;
    }

    private static IEnumerable<ActionContract> Actions(ChannelContract channel) =>
        channel.Keys.SelectMany(key => key.Actions).Concat(new[] { channel.Fallback, channel.Binary }.OfType<ActionContract>())
            .Concat(channel.Topics.Select(topic => topic.Subscription).OfType<ActionContract>());

    private static IEnumerable<TypeUse> Types(ChannelContract channel) => new[] { channel.Opening }
        .Concat(Actions(channel).SelectMany(action => new[] { action.Input, action.Output }))
        .Concat(channel.Topics.SelectMany(topic => new[] { topic.Payload, topic.Snapshot }))
        .Concat(channel.Messages.Select(message => message.Type))
        .Concat(channel.Remotes.SelectMany(remote => new[] { remote.Input, remote.Output }))
        .OfType<TypeUse>();
}
