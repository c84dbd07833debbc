using System.Collections.Concurrent;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

[Trait("Rule", "K1")]
public sealed class CallbackEventSpec
{
    // Events that wait for handlers are bounded by the size of the outbox, and each event counts at least about 600 bytes.
    private const string TwoEvents = "pikku { outbox.max-size = 1400B, connection.max-message-size = 1KiB, event-hub.max-event-size = 1KiB }";

    private static readonly Topic<int> Numbers = new("numbers");

    [Fact]
    public async Task Runs_handlers_one_after_another_with_the_messages_of_the_connection()
    {
        var run = new Gate();
        var calls = new ConcurrentQueue<string>();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("subscribe", async (PikkuContext context) => await context.EventHub.SubscribeAsync(Numbers, n =>
            {
                calls.Enqueue($"event {n}");
                return default;
            }));
            c.MapAction("run", async () =>
            {
                await run.PassAsync();
                calls.Enqueue("run");
            });
            c.MapAction("ping", () => calls.Enqueue("ping"));
        });
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"subscribe"}""");
        await connection.ExpectAsync("""{"action":"subscribe"}""");

        connection.Send("""{"action":"run"}""");
        await run.Entered;
        await node.Hub.PublishAsync(Numbers, 1);
        await node.Hub.PublishAsync(Numbers, 2);
        connection.Send("""{"action":"ping"}""");
        run.Open();

        await connection.ExpectAsync("""{"action":"run"}""", """{"action":"ping"}""");
        Assert.Equal(["run", "event 1", "event 2", "ping"], calls);
    }

    [Fact]
    public async Task Closes_a_connection_with_slow_handlers_with_1013_and_names_them_as_the_reason()
    {
        var run = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("subscribe", async (PikkuContext context) => await context.EventHub.SubscribeAsync(Numbers, _ => default));
                c.MapAction("run", () => run.PassAsync());
            },
            TwoEvents);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"subscribe"}""", """{"action":"run"}""");
        await connection.ExpectAsync("""{"action":"subscribe"}""");
        await run.Entered;

        await node.Hub.PublishAsync(Numbers, 1);
        await node.Hub.PublishAsync(Numbers, 2);
        await connection.ExpectNothingAsync();
        await node.Hub.PublishAsync(Numbers, 3);

        await connection.ExpectAsync("close 1013 slow handlers");
        Assert.Single(node.Log.Own, line => line.EventId == 50);
        Assert.DoesNotContain(node.Log.Own, line => line.EventId == 6);
        run.Open();
    }

    [Fact]
    public async Task Accepts_events_again_after_handlers_have_run()
    {
        var handled = new BlockingCollection<int>();
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("subscribe", async (PikkuContext context) => await context.EventHub.SubscribeAsync(Numbers, n =>
            {
                handled.Add(n);
                return default;
            })),
            TwoEvents);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"subscribe"}""");
        await connection.ExpectAsync("""{"action":"subscribe"}""");

        for (var n = 0; n < 20; n++)
        {
            await node.Hub.PublishAsync(Numbers, n);
            Assert.True(handled.TryTake(out var got, Patience.Long));
            Assert.Equal(n, got);
            await connection.SettleAsync();
        }

        Assert.True(connection.Channel.IsOpen);
    }

    [Fact]
    public async Task Counts_a_failing_handler_once_and_continues()
    {
        var handled = new BlockingCollection<int>();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("subscribe", async (PikkuContext context) => await context.EventHub.SubscribeAsync(Numbers, n =>
        {
            handled.Add(n);
            return n == 1 ? throw new InvalidOperationException() : default(ValueTask);
        })));
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"subscribe"}""");
        await connection.ExpectAsync("""{"action":"subscribe"}""");

        await node.Hub.PublishAsync(Numbers, 1);
        await node.Hub.PublishAsync(Numbers, 2);
        Assert.True(handled.TryTake(out _, Patience.Long));
        Assert.True(handled.TryTake(out _, Patience.Long));

        await connection.ExpectNothingAsync();
        Assert.Equal(1, node.Meters["pikku.event_hub.handler_failures"]);
        Assert.Single(node.Log.Own, line => line.EventId == 10);
    }

    [Fact]
    [Trait("Rule", "K2")]
    public async Task Ends_all_subscriptions_with_the_socket_although_onDisconnect_still_runs()
    {
        var disconnecting = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.OnDisconnect(() => disconnecting.PassAsync());
            c.MapAction("subscribe", async (PikkuContext context) => await context.EventHub.SubscribeAsync(Numbers));
        });
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"subscribe"}""");
        await connection.ExpectAsync("""{"action":"subscribe"}""");
        Assert.Equal(1, node.Meters["pikku.event_hub.subscriptions"]);

        connection.EndSocket();
        await disconnecting.Entered;
        await node.Hub.SubscribeAsync(Numbers, connection.Channel.Id);
        await node.Hub.PublishAsync(Numbers, 1);

        Assert.Null(node.Directory.Find(connection.Channel.Id));
        Assert.Equal(0, node.Meters["pikku.event_hub.subscriptions"]);
        Assert.Equal(0, node.Meters["pikku.event_hub.delivered"]);
        disconnecting.Open();
        await connection.Ended.Soon();
    }
}
