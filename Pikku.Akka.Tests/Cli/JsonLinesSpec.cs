using System.Text.Json;
using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>Listings as JSON lines.</summary>
[Trait("Rule", "N1")]
public sealed class JsonLinesSpec
{
    [Theory]
    [InlineData("functions", "id,name,tags", "type,middleware,permissions,file")]
    [InlineData("tags", "name,functions,channels", "middleware,channelMiddleware")]
    [InlineData("middleware", "name,kind,priority,where", "functions")]
    [InlineData("permissions", "name,kind,where", "data")]
    [InlineData("channels", "name,route,auth,topics,actions", "eventStreams,permissions,tags,handlers,openingData,sends,remotes")]
    [InlineData("topics", "name,payload,subscribable,auth,key,history,snapshot,permissions,channels", "scopes,middleware,type")]
    public async Task Each_line_is_an_object_with_the_columns_as_its_properties(string listing, string always, string verbose)
    {
        var usual = always.Split(',').Order(StringComparer.Ordinal);

        Assert.All(await Objects($"info {listing} --json"), line => Assert.Equal(usual, Properties(line)));
        Assert.All(
            await Objects($"info {listing} --json --verbose"),
            line => Assert.Equal(usual.Concat(verbose.Split(',')).Order(StringComparer.Ordinal), Properties(line)));
    }

    [Fact]
    public async Task Lists_are_arrays_yes_and_no_are_booleans_and_places_are_objects()
    {
        Assert.Equal(
            """{"id":"createNote","name":"Create a note","tags":["audited"],"type":[{"channel":"notes","action":"action:create"},{"channel":"feed","action":"action:create"}],"middleware":["Timing","Audit","Count"],"permissions":["notBanned","reader","Calm"],"file":"Pikku.Akka.Tests/Cli/SmallFunctions.cs"}""",
            (await Run.Piped("info functions --json --verbose")).Lines[0]);
        Assert.Equal(
            """{"name":"feed","route":"/feed","auth":false,"topics":["notes:{board}","feed:{board}"],"actions":["action:create"]}""",
            (await Run.Piped("info channels --json")).Lines[1]);
        Assert.Contains("\"priority\":null", (await Run.Piped("info middleware --json")).Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_width_of_the_terminal_has_no_effect() =>
        Assert.Equal((await Run.Piped("info channels --json")).Output, (await Run.In(40, "info channels --json", style: true)).Output);

    [Fact]
    public async Task The_number_of_omitted_rows_is_on_standard_error()
    {
        var run = await Run.Piped("info functions --json --limit 3");

        Assert.Equal(3, run.Lines.Length);
        Assert.Equal("1 more.\n", run.Error);
        Assert.Equal("", (await Run.Piped("info functions --json --limit 4")).Error);
    }

    [Fact]
    public async Task An_empty_listing_prints_nothing()
    {
        await using var app = SmallApp.Build(_ => { });

        Assert.Equal("", (await Run.Of(app.Services, "info topics --json")).Output);
    }

    private static async Task<IEnumerable<JsonElement>> Objects(string command) =>
        (await Run.Piped(command)).Lines.Select(line => JsonDocument.Parse(line).RootElement);

    private static IEnumerable<string> Properties(JsonElement line) => line.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal);
}
