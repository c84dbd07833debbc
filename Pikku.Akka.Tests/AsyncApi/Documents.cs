using System.Text.Json.Nodes;
using Pikku.Akka.AsyncApi;
using Pikku.Akka.Contracts;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Tests.AsyncApi;

/// <summary>Writes documents of small wirings.</summary>
internal static class Documents
{
    public static AsyncApiInfo Info { get; } = new("app", "1.2.3");

    public static string Text(Action<PikkuBuilder> wire, AsyncApiInfo? info = null)
    {
        var app = new PikkuBuilder();
        wire(app);
        app.Json.MakeReadOnly(populateMissingResolver: true);
        var channels = new WiringCompiler(app, null, new InputOptions(app.Json), app.Json).Compile();
        return AsyncApiDocument.Write(ContractReader.Read(channels, app.Json), new ErrorCatalog(app.Errors), info ?? Info);
    }

    /// <summary>Writes the document of one channel <c>c</c> whose actions need no session.</summary>
    public static string Text(Action<ChannelBuilder> channel) => Text(app => app.AddScopes("admin").WireChannel("c", c =>
    {
        c.AllowAnonymous();
        channel(c);
    }));

    public static JsonNode Of(Action<ChannelBuilder> channel) => JsonNode.Parse(Text(channel))!;

    /// <summary>Writes the document of one channel with one action <c>a</c>.</summary>
    public static JsonNode OfAction(Delegate handler) => Of(c => c.MapAction("a", handler));

    /// <summary>Returns the part of a document at a path.</summary>
    public static JsonNode? At(this JsonNode node, string path) => path.Split('/').Aggregate((JsonNode?)node, (at, part) => at is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : at?[part]);

    public static void AssertAt(this JsonNode node, string path, string json)
    {
        var actual = node.At(path);
        Xunit.Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), actual), $"{path} is {actual?.ToJsonString() ?? "not there"}, not {json}");
    }
}
