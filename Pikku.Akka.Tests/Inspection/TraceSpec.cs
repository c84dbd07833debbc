using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Inspection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Inspection;

/// <summary>The live messages of one user.</summary>
public sealed class TraceSpec
{
    private static readonly Topic<string> s_news = new("news");

    [Fact]
    public async Task The_messages_of_all_connections_of_the_user_on_all_nodes_are_shown()
    {
        var (first, second) = await InspectionLab.StartTwoAsync(Wire);
        await using var one = first;
        await using var two = second;
        using var before = await InspectionLab.ConnectAsync(second, "ann");
        using var other = await InspectionLab.ConnectAsync(second, "bob");
        await using var trace = new Reader(first, "ann");
        Assert.Contains(" on ", (await trace.NextAsync()).Name, StringComparison.Ordinal);

        await other.Ask("""{"action":"echo","id":1,"data":{"text":"not ann"}}""");
        await before.Ask("""{"action":"echo","id":1,"data":{"text":"secret"}}""");
        using var later = await InspectionLab.ConnectAsync(first, "ann");
        await later.Ask("""{"action":"fail","id":2}""");
        await later.Ask("""{"action":"pikku-subscribe","id":3,"data":{"topic":"news"}}""");
        await first.Services.GetRequiredService<IEventHub>().PublishAsync(s_news, "hello");
        await later.Receive();
        await before.Ask("""{"action":"none","id":4}""");
        await before.Close();

        var lines = await trace.UntilAsync(lines => lines.Exists(line => line.Direction == TraceDirection.Server && line.Name == "end") && lines.Exists(line => line is { Direction: TraceDirection.Out, Name: "news" }));
        Assert.DoesNotContain(lines, line => line.Connection == second.Ids.ElementAt(1));
        Assert.Equal(2, lines.Select(line => line.Node).Distinct().Count());
        var echo = Assert.Single(lines, line => line is { Direction: TraceDirection.In, Name: "echo" });
        Assert.Equal(("ok", second.Ids.First(), 49, "lab"), (echo.Outcome, echo.Connection, echo.Size, echo.Channel));
        Assert.NotNull(echo.Duration);
        Assert.Contains(lines, line => line is { Direction: TraceDirection.Out, Name: "echo", Outcome: "sent", Size: > 0 });
        var failed = Assert.Single(lines, line => line is { Direction: TraceDirection.In, Name: "fail" });
        Assert.Equal("InternalServerError", failed.Outcome);
        Assert.Contains(first.Logs.Entries, entry => entry.Text.Contains($"({failed.ErrorId})", StringComparison.Ordinal));
        Assert.Contains(lines, line => line is { Direction: TraceDirection.In, Name: "news", Outcome: "ok" });
        Assert.Contains(lines, line => line is { Direction: TraceDirection.In, Name: "Text", Outcome: "NotFoundError" });
        Assert.DoesNotContain("secret", InspectionJson.Write(lines), StringComparison.Ordinal);
        Assert.Contains(first.Logs.Entries, entry => entry.Text.Contains("operator traces the messages of user ann", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_is_shown_at_its_first_item_and_at_its_end()
    {
        await using var lab = await InspectionLab.StartAsync(Wire);
        using var client = await InspectionLab.ConnectAsync(lab, "ann");
        await using var trace = new Reader(lab, "ann");
        await trace.NextAsync();
        await client.Send("""{"action":"count","id":1}""");
        var lines = await trace.UntilAsync(lines => lines.Count(line => line is { Direction: TraceDirection.In, Name: "count" }) == 2);
        Assert.Equal(["stream", "ok"], lines.Where(line => line.Direction == TraceDirection.In).Select(line => line.Outcome));
    }

    [Fact]
    public async Task A_trace_ends_by_itself_and_the_connections_have_no_watch_before_and_after()
    {
        await using var lab = await InspectionLab.StartAsync(Wire, "pikku.watch { duration = 1s, lease = 1s, poll-interval = 50ms }");
        using var client = await InspectionLab.ConnectAsync(lab, "ann");
        await client.Ask("""{"action":"echo","id":1}""");
        var connection = lab.Directory.All.Single();
        Assert.Null(connection.Outbox.Watch);
        Assert.Null(lab.Directory.UserMoved);

        await using var trace = new Reader(lab, "ann");
        await trace.NextAsync();
        Assert.NotNull(connection.Outbox.Watch);
        var lines = await trace.ToEndAsync();
        Assert.Contains("over", lines[^1].Name, StringComparison.Ordinal);
        await Eventually.Holds(() => connection.Outbox.Watch is null, "the connection is not watched any more");
        await Eventually.Holds(() => lab.Directory.UserMoved is null, "nobody watches the directory");
        Assert.Contains(lab.Logs.Entries, entry => entry.Text.Contains("The trace of user ann that operator started has ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_collected_in_time_is_dropped_and_counted()
    {
        await using var lab = await InspectionLab.StartAsync(Wire, "pikku.watch { max-messages = 10, max-users = 1 }");
        var list = lab.Services.GetRequiredService<WatchList>();
        var start = list.ReadTrace("ann", new Dictionary<string, long>());
        Assert.Throws<TooManyRequestsError>(() => list.ReadTrace("bob", new Dictionary<string, long>()));
        using var client = await InspectionLab.ConnectAsync(lab, "ann");
        for (var i = 0; i < 20; i++)
            await client.Ask("""{"action":"echo","id":1}""");
        await Eventually.Holds(() => list.ReadTrace("ann", new Dictionary<string, long> { [start.Node] = start.Next }).Dropped >= 31, "41 entries of which 10 are kept");
        var read = list.ReadTrace("ann", new Dictionary<string, long> { [start.Node] = start.Next });
        Assert.Equal(10, read.Entries.Count);
        Assert.Empty(list.ReadTrace("ann", new Dictionary<string, long> { [start.Node] = read.Next }).Entries);
    }

    [Fact]
    public async Task A_connection_whose_client_logs_out_is_not_traced_any_more()
    {
        await using var lab = await InspectionLab.StartAsync(Wire);
        using var client = await InspectionLab.ConnectAsync(lab, "ann");
        lab.Services.GetRequiredService<WatchList>().ReadTrace("ann", new Dictionary<string, long>());
        var connection = lab.Directory.All.Single();
        Assert.NotNull(connection.Outbox.Watch);
        await client.Ask("""{"action":"logout","id":1}""");
        Assert.Null(connection.Outbox.Watch);
        await client.Ask("""{"action":"login","id":1}""");
        Assert.NotNull(connection.Outbox.Watch);
    }

    private static void Wire(ChannelBuilder channel)
    {
        channel.AddTopic(s_news).AllowSubscribe();
        channel.MapAction("fail", string () => throw new InvalidOperationException("no"));
        channel.MapAction("count", CountAsync);
        channel.MapAction("logout", async (PikkuContext context) => await context.ClearSessionAsync());
        channel.MapAction("login", async (PikkuContext context) => await context.SetSessionAsync(InspectionLab.Of("ann"))).AllowAnonymous();
    }

    private static async IAsyncEnumerable<int> CountAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private sealed class Reader(Lab lab, string user) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<TraceEntry> _entries =
            lab.Services.GetRequiredService<UserTracer>().TraceAsync(user, InspectionLab.Operator).GetAsyncEnumerator();

        public async Task<TraceEntry> NextAsync()
        {
            Assert.True(await _entries.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience));
            return _entries.Current;
        }

        public async Task<List<TraceEntry>> UntilAsync(Predicate<List<TraceEntry>> holds)
        {
            var lines = new List<TraceEntry>();
            while (!holds(lines))
                lines.Add(await NextAsync());
            return lines;
        }

        public async Task<List<TraceEntry>> ToEndAsync()
        {
            var lines = new List<TraceEntry>();
            while (await _entries.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience))
                lines.Add(_entries.Current);
            return lines;
        }

        public ValueTask DisposeAsync() => _entries.DisposeAsync();
    }
}
