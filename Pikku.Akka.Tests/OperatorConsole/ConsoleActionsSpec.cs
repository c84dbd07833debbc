using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Inspection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>What the console shows and does, over its channel.</summary>
public sealed class ConsoleActionsSpec : IAsyncLifetime
{
    private const string Fast = "pikku.console.refresh-interval = 100ms\n";

    private Lab _lab = null!;
    private ConsoleClient _console = null!;

    public async Task InitializeAsync()
    {
        _lab = await ConsoleLab.StartAsync(Fast);
        _console = await ConsoleClient.ConnectAsync(_lab);
    }

    public async Task DisposeAsync()
    {
        _console.Dispose();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task It_finds_connections_by_user_channel_address_and_id()
    {
        using var ann = await ConsoleLab.ConnectAsync(_lab, "ann");
        using var bob = await ConsoleLab.ConnectAsync(_lab, "bob");
        using var guest = await ConsoleLab.ConnectAsync(_lab, null);

        var row = Assert.Single(await FindAsync("AN", "user"));
        Assert.Equal(("ann", "lab", "websocket"), (row.GetProperty("user").GetString(), row.GetProperty("channel").GetString(), row.GetProperty("transport").GetString()));
        Assert.Contains("127.0.0.1", row.GetProperty("address").GetString(), StringComparison.Ordinal);
        Assert.True(row.GetProperty("since").GetDateTimeOffset() <= DateTimeOffset.UtcNow);
        Assert.Equal(3, (await FindAsync("lab", "channel")).Count);
        Assert.Equal(4, (await FindAsync("127.0.0.1", "address")).Count);
        Assert.Equal(row.GetProperty("id").GetString(), Assert.Single(await FindAsync(row.GetProperty("id").GetString()!, "id")).GetProperty("id").GetString());
        Assert.Equal(422, (await _console.RefusedAsync("connections", new { by = "password" })).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task It_pages_through_connections()
    {
        await using var lab = await ConsoleLab.StartAsync("pikku.console.max-rows = 2");
        using var console = await ConsoleClient.ConnectAsync(lab);
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConsoleLab.ConnectAsync(lab, "ann")));
        var (ids, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await console.AskAsync("connections", new { search = "ann", by = "user", after });
            Assert.Equal(4, page.GetProperty("total").GetInt32());
            ids.AddRange(page.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (after is not null);

        Assert.Equal(4, ids.Distinct().Count());
        Assert.Equal(4, ids.Count);
        foreach (var client in clients)
            client.Dispose();
    }

    [Fact]
    public async Task It_shows_the_details_of_a_connection()
    {
        using var ann = await ConsoleLab.ConnectAsync(_lab, "ann");
        await ConsoleLab.SubscribeAsync(ann, "notes");
        await ann.Send("""{"action":"fail"}""");
        var refused = JsonDocument.Parse((await ann.Receive())!).RootElement;
        var detail = (await _console.AskAsync("connection", new { id = await IdOfAsync("ann") })).GetProperty("detail");

        Assert.Equal("notes", Assert.Single(detail.GetProperty("topics").EnumerateArray()).GetString());
        Assert.Equal(2, detail.GetProperty("row").GetProperty("received").GetInt32());
        var error = Assert.Single(detail.GetProperty("errors").EnumerateArray());
        Assert.Equal(refused.GetProperty("errorId").GetString(), error.GetProperty("errorId").GetString());
        Assert.False((await _console.AskAsync("connection", new { id = "nobody" })).TryGetProperty("detail", out _));
    }

    [Fact]
    public async Task It_closes_a_connection()
    {
        using var ann = await ConsoleLab.ConnectAsync(_lab, "ann");
        await _console.AskAsync("close", new { id = await IdOfAsync("ann") });
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ann.AwaitClose());
        Assert.Contains(_lab.Logs.Entries, entry => entry.Category == "Pikku.Akka.Console" && entry.Text.Contains("close", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_ends_the_subscription_of_a_connection_and_those_of_a_user()
    {
        using var ann = await ConsoleLab.ConnectAsync(_lab, "ann");
        await ConsoleLab.SubscribeAsync(ann, "notes");
        await ConsoleLab.SubscribeAsync(ann, "room:7");
        await _console.AskAsync("kick", new { topic = "notes", id = await IdOfAsync("ann") });
        Assert.Contains("notes", await ann.Receive(), StringComparison.Ordinal);
        await _console.AskAsync("kick", new { topic = "room:7", user = "ann" });
        Assert.Contains("room:7", await ann.Receive(), StringComparison.Ordinal);
        Assert.Empty((await _console.AskAsync("connection", new { id = await IdOfAsync("ann") })).GetProperty("detail").GetProperty("topics").EnumerateArray());
        Assert.Equal(422, (await _console.RefusedAsync("kick", new { topic = "notes" })).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task It_revokes_and_refreshes_a_user()
    {
        using var ann = await ConsoleLab.ConnectAsync(_lab, "ann");
        await _console.AskAsync("refresh", new { user = "ann" });
        await _console.AskAsync("revoke", new { user = "ann" });
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ann.AwaitClose());
    }

    [Fact]
    public async Task It_publishes_what_fits_the_declared_type_and_describes_that_type()
    {
        using var ann = await ConsoleLab.ConnectAsync(_lab, "ann");
        await ConsoleLab.SubscribeAsync(ann, "room:7");
        await _console.AskAsync("publish", new { topic = "room:7", data = new { text = "hello" } });
        Assert.Contains("hello", await ann.Receive(), StringComparison.Ordinal);

        var invalid = await _console.RefusedAsync("publish", new { topic = "room:7", data = new { text = "" } });
        Assert.Equal(422, invalid.GetProperty("status").GetInt32());
        Assert.Contains("text", invalid.GetProperty("details").ToString(), StringComparison.Ordinal);
        Assert.Equal(404, (await _console.RefusedAsync("publish", new { topic = "none", data = 1 })).GetProperty("status").GetInt32());

        var schema = (await _console.AskAsync("schema", new { topic = "room:7" })).GetProperty("schema");
        Assert.Equal(["text", "number", "urgent"], schema.GetProperty("properties").EnumerateObject().Select(property => property.Name));
        Assert.Equal(["notes", "room:{number}"], (await _console.AskAsync("facts")).GetProperty("topics").EnumerateArray().Select(topic => topic.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("off", false)]
    [InlineData("on", true)]
    public async Task It_follows_a_topic_and_shows_payloads_only_when_they_are_switched_on(string payloads, bool areShown)
    {
        await using var lab = await ConsoleLab.StartAsync($"{Fast}pikku.console.tail-events = 2\npikku.console.tail-payloads = {payloads}");
        using var console = await ConsoleClient.ConnectAsync(lab);
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        var (shown, skipped, isFollowed) = (new List<JsonElement>(), 0, false);
        await foreach (var batch in console.StreamAsync("tail", new { topic = "notes" }))
        {
            if (!isFollowed)
            {
                isFollowed = true;
                for (var i = 0; i < 20; i++)
                    await ann.Send("""{"action":"note","text":"secret"}""");
            }

            shown.AddRange(batch.GetProperty("events").EnumerateArray());
            Assert.True(batch.GetProperty("events").GetArrayLength() <= 2);
            skipped += batch.GetProperty("skipped").GetInt32();
            if (shown.Count + skipped == 20)
                break;
        }

        Assert.All(shown, one => Assert.True(one.GetProperty("size").GetInt32() > 0));
        Assert.All(shown, one => Assert.Equal(areShown, one.ToString().Contains("secret", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_lists_topics_with_their_subscribers_and_histories()
    {
        using var ann = await ConsoleLab.ConnectAsync(_lab, "ann");
        using var bob = await ConsoleLab.ConnectAsync(_lab, "bob");
        await ConsoleLab.SubscribeAsync(ann, "room:7");
        await ConsoleLab.SubscribeAsync(bob, "room:7");
        await ConsoleLab.SubscribeAsync(ann, "notes");
        await _console.AskAsync("publish", new { topic = "room:7", data = new { text = "1" } });
        await _console.AskAsync("publish", new { topic = "notes", data = new { text = "1" } });
        var rows = (await _console.AskAsync("topics")).GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("name").GetString()!);

        Assert.Equal((2, 1), (rows["room:7"].GetProperty("subscribers").GetInt32(), rows["room:7"].GetProperty("events").GetInt32()));
        Assert.Equal((1, 1, 1), (rows["notes"].GetProperty("subscribers").GetInt32(), rows["notes"].GetProperty("events").GetInt32(), rows["notes"].GetProperty("kept").GetInt32()));
        Assert.NotEmpty(rows["notes"].GetProperty("position").GetString()!);
        Assert.False(rows["room:7"].TryGetProperty("kept", out _));
        Assert.Equal("room:7", Assert.Single((await _console.AskAsync("topics", new { search = "ROOM" })).GetProperty("rows").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task It_shows_the_functions_and_errors_of_the_last_minute_while_somebody_watches()
    {
        using var ann = await ConsoleLab.ConnectAsync(_lab, "ann");
        var isBusy = false;
        await foreach (var update in _console.StreamAsync("watch"))
        {
            if (!isBusy)
            {
                isBusy = true;
                for (var i = 0; i < 10; i++)
                    await ann.Send("""{"action":"note","text":"x"}""");
                await ann.Send("""{"action":"fail"}""");
            }

            var functions = update.GetProperty("functions").EnumerateArray().ToDictionary(one => one.GetProperty("action").GetString()!);
            if (functions.TryGetValue("note", out var note) && note.GetProperty("calls").GetInt32() == 10 && functions.TryGetValue("fail", out var fail))
            {
                Assert.True(note.GetProperty("p50").GetDouble() is > 0 and < 60_000);
                Assert.True(note.GetProperty("p99").GetDouble() >= note.GetProperty("p50").GetDouble());
                Assert.Equal((0, 1), (note.GetProperty("failed").GetInt32(), fail.GetProperty("failed").GetInt32()));
                Assert.Contains(update.GetProperty("errors").EnumerateArray(), error => error.TryGetProperty("errorId", out _));
                break;
            }
        }

        Assert.True(_lab.Services.GetRequiredService<LoadMeter>().IsCounting);
        _console.Dispose();
        await Eventually.Holds(() => !_lab.Services.GetRequiredService<ClusterInspector>().IsPolling, "no node is asked while nobody watches");
    }

    [Fact]
    public async Task It_drains_a_node()
    {
        await using var first = await ConsoleLab.JoinAsync();
        await using var second = await ConsoleLab.JoinAsync(first);
        using var console = await ConsoleClient.ConnectAsync(first);
        using var there = await ConsoleLab.ConnectAsync(second, "ann");
        Assert.Equal(404, (await console.RefusedAsync("drain", new { node = "nowhere:1" })).GetProperty("status").GetInt32());
        await console.AskAsync("drain", new { node = ConsoleLab.NameOf(second) });
        Assert.NotNull(await there.AwaitClose());
        await Assert.ThrowsAsync<WebSocketException>(() => ConsoleLab.ConnectAsync(second, "ann"));
        using var here = await ConsoleLab.ConnectAsync(first, "ann");
    }

    private async Task<List<JsonElement>> FindAsync(string search, string by) =>
        [.. (await _console.AskAsync("connections", new { search, by })).GetProperty("rows").EnumerateArray()];

    private async Task<string> IdOfAsync(string user) => Assert.Single(await FindAsync(user, "user")).GetProperty("id").GetString()!;
}
