using System.Text.Json.Nodes;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

[Trait("Rule", "H3")]
public sealed class OutboundFlowSpec : TestKit
{
    private const string OneLane = "pikku.channel.lanes = 1";

    [Fact]
    public async Task Keeps_the_order_of_each_connection_while_connections_overtake_each_other()
    {
        const int Each = 200;
        await using var node = Node(async (_, e, next) =>
        {
            for (var turns = ((int)e.Payload! * 7) % 5; turns > 0; turns--)
                await Task.Yield();
            await next(e);
        });
        await node.StartAsync(Sys);
        var connections = Enumerable.Range(0, 10).Select(_ => node.Connect()).ToArray();

        for (var i = 0; i < Each; i++)
            foreach (var connection in connections)
                connection.Channel.TrySend(i);

        foreach (var connection in connections)
            for (var i = 0; i < Each; i++)
                Assert.Equal($"{i}", await connection.NextAsync());
    }

    [Fact]
    public async Task Drops_the_event_of_hanging_middleware_in_time_and_delays_no_other_connection()
    {
        var never = new TaskCompletionSource();
        await using var node = Node(async (_, e, next) =>
        {
            if (e.Payload is "hang")
                await never.Task;
            await next(e);
        });
        await node.StartAsync(Sys);
        var (hanging, other) = (node.Connect(), node.Connect());

        hanging.Channel.TrySend("hang");
        hanging.Channel.TrySend("after");
        other.Channel.TrySend("x");

        Assert.Equal("x", await other.NextAsync());
        await AwaitConditionAsync(() => Task.FromResult(node.Clock.WaitingTimers == 1), Patience.Long);
        Assert.Empty(hanging.Client.Unread());
        node.Clock.Advance(node.Settings.Channel.MiddlewareTimeout);
        Assert.Equal("after", await hanging.NextAsync());
        Assert.Equal(1, node.Meters["pikku.channel_middleware.failures"]);
        Assert.Contains(node.Log.Entries, l => l is { Id.Id: 7, Level: LogLevel.Error, Error: TimeoutException });
    }

    [Fact]
    public async Task Sends_nothing_of_a_dropped_event_later()
    {
        var release = new TaskCompletionSource();
        await using var node = Node(async (_, e, next) =>
        {
            if (e.Payload is "late")
                await release.Task;
            await next(e);
        });
        await node.StartAsync(Sys);
        var connection = node.Connect();
        connection.Channel.TrySend("late");
        await AwaitConditionAsync(() => Task.FromResult(node.Clock.WaitingTimers == 1), Patience.Long);
        node.Clock.Advance(node.Settings.Channel.MiddlewareTimeout);

        release.SetResult();
        connection.Channel.TrySend("x");

        Assert.Equal("x", await connection.NextAsync());
    }

    [Fact]
    public async Task Sends_nothing_that_failed_middleware_passes_on_while_its_failure_is_handled()
    {
        Action passOn = () => { };
        await using var node = Node((services, e, next) =>
        {
            if (e.Payload is not "failed")
                return next(e);
            passOn = () => _ = next(e).AsTask();
            throw new InvalidOperationException();
        });
        node.Log.Logged = () => passOn();
        await node.StartAsync(Sys);
        var connection = node.Connect();

        connection.Channel.TrySend("failed");
        connection.Channel.TrySend("x");

        Assert.Equal("x", await connection.NextAsync());
    }

    [Fact]
    public async Task Drops_an_event_whose_middleware_throws_including_everything_it_has_passed_on()
    {
        await using var node = Node(async (_, e, next) =>
        {
            await next(e);
            if (e.Payload is "throw")
                throw new InvalidOperationException();
            if (e.Payload is "yield")
            {
                await Task.Yield();
                throw new InvalidOperationException();
            }
        });
        await node.StartAsync(Sys);
        var connection = node.Connect();

        foreach (var text in (string[])["a", "throw", "b", "yield", "c"])
            connection.Channel.TrySend(text);

        Assert.Equal(["a", "b", "c"], [await connection.NextAsync(), await connection.NextAsync(), await connection.NextAsync()]);
        Assert.Equal(2, node.Meters["pikku.channel_middleware.failures"]);
    }

    [Fact]
    public async Task Passes_drops_and_fans_out()
    {
        await using var node = Node(async (_, e, next) =>
        {
            switch (e.Payload)
            {
                case "null":
                    await next(null);
                    break;
                case "nothing":
                    break;
                case "three":
                    for (var i = 1; i <= 3; i++)
                        await next(e.WithPayload($"three {i}"));
                    break;
                default:
                    await next(e);
                    break;
            }
        });
        await node.StartAsync(Sys);
        var connection = node.Connect();

        foreach (var text in (string[])["null", "three", "nothing", "end"])
            connection.Channel.TrySend(text);

        foreach (var expected in (string[])["three 1", "three 2", "three 3", "end"])
            Assert.Equal(expected, await connection.NextAsync());
    }

    [Fact]
    public async Task Runs_each_piece_of_middleware_on_all_events_that_passed_the_previous_one()
    {
        await using var node = Node(
            async (_, e, next) =>
            {
                await next(e.WithPayload($"{e.Payload}a"));
                await next(e.WithPayload($"{e.Payload}b"));
            },
            (_, e, next) => next(e.WithPayload($"{e.Payload}!")));
        await node.StartAsync(Sys);
        var connection = node.Connect();

        connection.Channel.TrySend("x");

        Assert.Equal("xa!", await connection.NextAsync());
        Assert.Equal("xb!", await connection.NextAsync());
    }

    [Fact]
    public async Task Sees_a_reply_without_its_envelope_which_is_added_after_it()
    {
        await using var node = Node((_, e, next) =>
        {
            var json = e.Json!.AsObject();
            json["seen"] = $"{e.Kind} {e.Source} {json.Count}";
            return next(e.WithPayload(json));
        });
        await node.StartAsync(Sys);
        var connection = node.Connect().OwnedBy(Sys);

        Assert.Equal("""{"n":1,"seen":"Reply get 1","action":"get"}""", await connection.AskAsync("""{"action":"get"}"""));
        Assert.Equal(
            """{"action":"get","id":7,"data":{"n":1,"seen":"Reply get 1"}}""", await connection.AskAsync("""{"action":"get","id":7,"data":{}}"""));
    }

    [Fact]
    public async Task Does_not_see_errors_acknowledgements_and_binary_frames()
    {
        await using var node = Node((_, _, _) => default);
        await node.StartAsync(Sys);
        var connection = node.Connect().OwnedBy(Sys);

        Assert.Equal("""{"action":"void"}""", await connection.AskAsync("""{"action":"void"}"""));
        Assert.Equal("NotFoundError", Reply.ErrorName(await connection.AskAsync("""{"action":"nobody"}""")));
        connection.Channel.TrySend(new byte[] { 1 });
        Assert.Equal("binary 01", await connection.NextAsync());
    }

    [Fact]
    public async Task Gives_each_connection_its_own_json()
    {
        await using var node = Node((_, e, next) =>
        {
            ((JsonObject)e.Json!)["for"] = e.Channel.Id;
            return next(e.WithPayload(e.Json));
        });
        await node.StartAsync(Sys);
        var (a, b) = (node.Connect(), node.Connect());
        var shared = new JsonObject { ["x"] = 1 };

        a.Channel.TrySend(shared);
        b.Channel.TrySend(shared);

        Assert.Equal($$"""{"x":1,"for":"{{a.Channel.Id}}"}""", await a.NextAsync());
        Assert.Equal($$"""{"x":1,"for":"{{b.Channel.Id}}"}""", await b.NextAsync());
    }

    [Fact]
    public async Task Drops_events_that_cannot_be_serialized_after_the_middleware()
    {
        await using var node = Node((_, e, next) => next(e.Payload is "bad" ? e.WithPayload(typeof(string)) : e));
        await node.StartAsync(Sys);
        var connection = node.Connect();

        connection.Channel.TrySend("bad");
        connection.Channel.TrySend("good");

        Assert.Equal("good", await connection.NextAsync());
        Assert.Contains(node.Log.Entries, l => l.Id.Id == 8);
    }

    [Fact, Trait("Rule", "I4")]
    public async Task Closes_after_everything_that_was_sent()
    {
        await using var node = Node(async (_, e, next) =>
        {
            await Task.Yield();
            await next(e);
        });
        await node.StartAsync(Sys);
        var connection = node.Connect();

        for (var i = 0; i < 100; i++)
            connection.Channel.TrySend(i);
        connection.Channel.Close();
        connection.Channel.TrySend("late");

        for (var i = 0; i < 100; i++)
            Assert.Equal($"{i}", await connection.NextAsync());
        Assert.Equal("close 1000", await connection.NextAsync());
        await AwaitConditionAsync(() => Task.FromResult(connection.Client.Ended), Patience.Long);
        Assert.Empty(connection.Client.Unread());
    }

    private static TestNode Node(params PikkuChannelMiddlewareDelegate[] middleware) => new(
        app => app.WireChannel("c", c =>
        {
            c.AllowAnonymous().UseChannelMiddleware(middleware).MapAction("get", () => new { N = 1 });
            c.MapAction("void", () => { });
        }),
        hocon: OneLane);
}
