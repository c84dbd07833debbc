using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Functions that reply with a stream of items, on one node.</summary>
[Trait("Rule", "R1")]
public sealed class StreamSpec
{
    [Fact]
    public async Task Sends_each_item_and_then_the_end_with_the_id_of_the_message()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("count", ([FromData] int to) => CountAsync(to)));
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"count","id":"a","data":2}""");

        await connection.ExpectAsync(
            """{"action":"count","id":"a","item":1}""", """{"action":"count","id":"a","item":2}""", """{"action":"count","id":"a","done":true}""");
        await node.ExpectNoStreamsAsync(connection);
        Assert.Equal(2, node.Meters["pikku.stream.items"]);
    }

    [Fact]
    public async Task Sends_items_without_an_id_in_the_flat_form()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("count", (Counting input) => CountAsync(input.To)));
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"count","to":1,"id":7}""");

        await connection.ExpectAsync("""{"action":"count","item":1}""", """{"action":"count","done":true}""");
    }

    [Fact]
    public async Task Sends_the_items_of_the_default_handler_without_a_routing_key()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((JsonElement _) => CountAsync(1)));
        var connection = await node.ConnectAsync();

        connection.Send("""{"to":1}""");

        await connection.ExpectAsync("""{"item":1}""", """{"done":true}""");
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("emptyTask")]
    public async Task Sends_only_the_end_when_there_is_no_item(string action)
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("empty", () => CountAsync(0));
            c.MapAction("emptyTask", async Task<IAsyncEnumerable<int>> () =>
            {
                await Task.Yield();
                return CountAsync(0);
            });
        });
        var connection = await node.ConnectAsync();

        connection.Send($$"""{"action":"{{action}}"}""");

        await connection.ExpectAsync($$"""{"action":"{{action}}","done":true}""");
    }

    [Fact]
    public async Task Binds_classes_with_and_without_a_session_and_tasks_of_streams()
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction<Letters>("letters");
            c.MapAction<OwnLetters>("own");
            c.MapAction<LateLetters>("late");
            c.MapAction("valueTask", ValueTask<IAsyncEnumerable<int>> () => new(CountAsync(1)));
        });
        var connection = await node.ConnectAsync(session: new TestSession("ann"));

        connection.Send("""{"action":"letters","of":"ab"}""", """{"action":"own"}""", """{"action":"late"}""", """{"action":"valueTask"}""");

        var received = new List<string>();
        for (var i = 0; i < 9; i++)
            received.Add(await connection.NextAsync());
        Assert.Equal(
            ["""{"action":"letters","item":"a"}""", """{"action":"letters","item":"b"}""", """{"action":"letters","done":true}"""],
            received.Where(text => text.Contains("letters", StringComparison.Ordinal)));
        Assert.Equal(
            ["""{"action":"own","item":"ann"}""", """{"action":"own","done":true}"""], received.Where(text => text.Contains("own", StringComparison.Ordinal)));
        Assert.Equal(
            ["""{"action":"late","item":"late"}""", """{"action":"late","done":true}"""], received.Where(text => text.Contains("late", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Sends_bytes_as_base64_in_both_forms()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("bytes", () => ItemsAsync<byte[]>([1, 2, 3])));
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"bytes"}""", """{"action":"bytes","id":1,"data":null}""");

        await connection.ExpectAsync("""{"action":"bytes","item":"AQID"}""");
        var rest = new[] { await connection.NextAsync(), await connection.NextAsync(), await connection.NextAsync() };
        Assert.Contains("""{"action":"bytes","id":1,"item":"AQID"}""", rest);
    }

    [Fact]
    public async Task Ends_with_the_error_instead_of_done_when_the_enumerator_throws()
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("late", () => ThrowAfterAsync(1));
            c.MapAction("first", () => ThrowAfterAsync(0));
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"late"}""");
        await connection.ExpectAsync("""{"action":"late","item":1}""");
        Assert.Contains("\"errorName\":\"NotFoundError\",\"action\":\"late\"", await connection.NextAsync(), StringComparison.Ordinal);
        connection.Send("""{"action":"first"}""");

        Assert.Contains("\"errorName\":\"NotFoundError\",\"action\":\"first\"", await connection.NextAsync(), StringComparison.Ordinal);
        await node.ExpectNoStreamsAsync(connection);
    }

    [Fact]
    public async Task Ends_with_an_error_when_an_item_cannot_be_serialized_or_the_stream_is_null()
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("bad", () => ItemsAsync<object>(1, typeof(string)));
            c.MapAction("null", () => (IAsyncEnumerable<int>)null!);
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"bad"}""");
        await connection.ExpectAsync("""{"action":"bad","item":1}""");
        Assert.Contains("\"error\":\"Internal server error\"", await connection.NextAsync(), StringComparison.Ordinal);
        connection.Send("""{"action":"null"}""");

        Assert.Contains("\"error\":\"Internal server error\"", await connection.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "R2")]
    public async Task Leaves_the_window_with_its_first_item()
    {
        var before = new Gate();
        var after = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("gated", () => GatedAsync(before, after));
            c.MapAction("ping", () => 1);
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"gated"}""", """{"action":"ping"}""");
        await before.Entered;
        await connection.ExpectNothingAsync();
        before.Open();
        await connection.ExpectAsync("""{"action":"gated","item":1}""", """{"action":"ping","result":1}""");
        after.Open();

        await connection.ExpectAsync("""{"action":"gated","item":2}""", """{"action":"gated","done":true}""");
        Assert.True(connection.Inbox.MayRead);
    }

    [Fact]
    [Trait("Rule", "R2")]
    public async Task Streams_beside_each_other_when_the_window_is_larger()
    {
        var before = new Gate();
        var after = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("gated", () => GatedAsync(before, after));
                c.MapAction("count", () => CountAsync(2));
            }, "pikku.channel.max-in-flight = 2");
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"gated","id":1}""", """{"action":"count","id":2}""");
        await connection.ExpectAsync(
            """{"action":"count","id":2,"item":1}""", """{"action":"count","id":2,"item":2}""", """{"action":"count","id":2,"done":true}""");
        before.Open();
        after.Open();

        await connection.ExpectAsync(
            """{"action":"gated","id":1,"item":1}""", """{"action":"gated","id":1,"item":2}""", """{"action":"gated","id":1,"done":true}""");
    }

    [Fact]
    [Trait("Rule", "R2")]
    public async Task The_deadline_applies_until_the_first_item_and_no_longer()
    {
        var never = new Gate();
        var open = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("never", () => GatedAsync(never, never));
            c.MapAction("later", () => GatedAsync(null, open));
        }, "pikku.connection.ping-interval = infinite");
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"later"}""");
        await connection.ExpectAsync("""{"action":"later","item":1}""");
        connection.Send("""{"action":"never"}""");
        await never.Entered;
        await node.SweepAsync(TimeSpan.FromMinutes(1));

        Assert.Contains("\"errorName\":\"RequestTimeoutError\",\"action\":\"never\"", await connection.NextAsync(), StringComparison.Ordinal);
        never.Open(); // its items come too late
        open.Open();
        await connection.ExpectAsync("""{"action":"later","item":2}""", """{"action":"later","done":true}""");
    }

    [Fact]
    [Trait("Rule", "R2")]
    public async Task Refuses_a_stream_beyond_the_limit_until_another_one_has_ended()
    {
        var open = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("gated", () => GatedAsync(null, open));
                c.MapAction("count", () => CountAsync(1));
            }, "pikku.channel.max-streams = 1");
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"gated","id":1}""");
        await connection.ExpectAsync("""{"action":"gated","id":1,"item":1}""");
        connection.Send("""{"action":"count","id":2}""");
        Assert.Contains("\"id\":2,\"error\":{\"name\":\"TooManyRequestsError\",\"status\":429", await connection.NextAsync(), StringComparison.Ordinal);
        open.Open();
        await connection.ExpectAsync("""{"action":"gated","id":1,"item":2}""", """{"action":"gated","id":1,"done":true}""");
        await node.ExpectNoStreamsAsync(connection);
        connection.Send("""{"action":"count","id":3}""");

        await connection.ExpectAsync("""{"action":"count","id":3,"item":1}""", """{"action":"count","id":3,"done":true}""");
    }

    [Fact]
    public async Task Middleware_wraps_the_whole_stream_and_may_skip_it()
    {
        var order = new List<string>();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("count", () => RecordingAsync(order)).UseMiddleware(async (_, next) =>
            {
                order.Add("before");
                await next();
                order.Add("after");
            });
            c.MapAction("skip", () => CountAsync(1)).UseMiddleware((_, _) => default);
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"count"}""");
        await connection.ExpectAsync("""{"action":"count","item":1}""", """{"action":"count","done":true}""");
        Assert.Equal(["before", "item", "disposed", "after"], order);

        connection.Send("""{"action":"skip"}""");
        await connection.ExpectAsync("""{"action":"skip","done":true}""");
    }

    [Fact]
    [Trait("Rule", "F1")]
    public async Task Checks_input_and_permissions_before_the_first_item()
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("count", (Counting input) => CountAsync(input.To));
            c.MapAction("denied", () => CountAsync(1)).RequirePermission(() => false);
            c.MapAction("auth", () => CountAsync(1)).RequireSession();
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"count","to":"x"}""", """{"action":"denied"}""", """{"action":"auth"}""");

        Assert.Contains("UnprocessableContentError", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("ForbiddenError", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("UnauthorizedError", await connection.NextAsync(), StringComparison.Ordinal);
        await node.ExpectNoStreamsAsync(connection);
    }

    [Fact]
    [Trait("Rule", "H3")]
    public async Task Channel_middleware_changes_and_drops_items_and_does_not_see_the_end()
    {
        var kinds = new List<OutboundMessageKind>();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.UseChannelMiddleware((_, message, next) =>
            {
                kinds.Add(message.Kind);
                return message.Payload is 2 ? next(null) : next(message.WithPayload($"{message.Source} {message.Payload}"));
            });
            c.MapAction("count", ([FromData] int to) => CountAsync(to));
        });
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"count","id":1,"data":3}""");

        await connection.ExpectAsync(
            """{"action":"count","id":1,"item":"count 1"}""", """{"action":"count","id":1,"item":"count 3"}""", """{"action":"count","id":1,"done":true}""");
        Assert.Equal([OutboundMessageKind.StreamItem, OutboundMessageKind.StreamItem, OutboundMessageKind.StreamItem], kinds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "R2")]
    public async Task Requests_no_item_while_the_client_does_not_read(bool withMiddleware)
    {
        var requested = 0;
        await using var node = await LiveNode.StartAsync(c =>
        {
            if (withMiddleware)
                c.UseChannelMiddleware((_, message, next) => next(message));
            c.MapAction("million", () => ManyAsync(1_000_000, () => Interlocked.Increment(ref requested)));
        }, "pikku { outbox.max-size = 64KiB, connection.max-message-size = 1KiB, event-hub.max-event-size = 1KiB }");
        var connection = await node.ConnectAsync(stalled: true);

        connection.Send("""{"action":"million"}""");
        await WhenSteadyAsync(() => Volatile.Read(ref requested));

        Assert.InRange(requested, 1, 64); // each item takes a kilobyte, and streams fill a part of the outbox
        Assert.True(connection.Channel.IsOpen);
        var before = requested;
        connection.Client.Drain();
        await Eventually.Holds(() => Volatile.Read(ref requested) > before, "the client has read, so items are requested");
        await WhenSteadyAsync(() => Volatile.Read(ref requested));
        Assert.InRange(requested, before + 1, before + 64);
        await connection.EndAsync();
        await node.ExpectNoStreamsAsync(connection);
    }

    [Fact]
    [Trait("Rule", "R4")]
    public async Task The_services_of_the_call_live_until_the_enumerator_is_disposed_and_onDisconnect_runs_after_both()
    {
        var order = new List<string>();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("use", (Resource resource, CancellationToken cancellation) => UseAsync(resource, order, cancellation));
                c.OnDisconnect(() => order.Add("onDisconnect"));
            },
            services: services => services.AddScoped(_ => new Resource(order)));
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"use"}""");
        await connection.ExpectAsync("""{"action":"use","item":1}""");

        await connection.EndAsync();

        Assert.Equal(["enumerator", "services", "onDisconnect"], order);
        Assert.DoesNotContain(node.Log.Own, line => line.Text.Contains("failed", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "R4")]
    public async Task An_enumerator_that_ignores_its_cancellation_holds_up_the_end_of_the_connection_for_the_close_timeout_only()
    {
        var stuck = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("stuck", () => GatedAsync(null, stuck)));
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"stuck"}""");
        await connection.ExpectAsync("""{"action":"stuck","item":1}""");
        await stuck.Entered;

        connection.EndSocket();
        await connection.SettleAsync();
        Assert.False(connection.Ended.IsCompleted);
        await node.SweepAsync(TimeSpan.FromMinutes(1));

        await connection.Ended.Soon();
        Assert.Equal(1, node.Meters["pikku.message.abandoned"]);
        Assert.Contains(node.Log.Own, line => line.Text.Contains("its stream was cancelled and has not ended", StringComparison.Ordinal));
        stuck.Open();
    }

    [Fact]
    [Trait("Rule", "R4")]
    public async Task A_stream_whose_function_closes_its_connection_is_cancelled()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var node = await LiveNode.StartAsync(c => c.MapAction("close", (IPikkuChannel channel, CancellationToken cancellation) => CloseAsync(channel, ended, cancellation)));
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"close"}""");

        await connection.ExpectAsync("""{"action":"close","item":1}""", "close 1000");
        await ended.Task.Soon();
        await connection.EndAsync();
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task A_node_that_drains_lets_a_stream_end_and_ends_it_with_an_error_when_the_time_is_over()
    {
        var finite = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("finite", () => GatedAsync(null, finite));
                c.MapAction("endless", (CancellationToken token) => EndlessAsync(token));
            },
            "pikku.shutdown.drain-timeout = 2s");
        var one = await node.ConnectAsync("c1");
        var two = await node.ConnectAsync("c2");
        one.Send("""{"action":"finite"}""");
        two.Send("""{"action":"endless"}""");
        await one.ExpectAsync("""{"action":"finite","item":1}""");
        await two.ExpectAsync("""{"action":"endless","item":1}""");

        node.Drain();
        await node.SettleAsync();
        await one.SettleAsync();
        finite.Open();

        await one.ExpectAsync("""{"action":"finite","item":2}""", """{"action":"finite","done":true}""", "close 1001 the node is going away; retry-after-ms=1");
        Assert.Contains("\"errorName\":\"ServiceUnavailableError\",\"action\":\"endless\"", await two.NextAsync(), StringComparison.Ordinal);
        await two.ExpectAsync("close 1001 the node is going away; retry-after-ms=1");
        await one.EndAsync(1001);
        await two.EndAsync(1001);
    }

    [Fact]
    public async Task An_error_of_a_stream_closes_the_connection_where_errors_do()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("late", () => ThrowAfterAsync(1)), "pikku.channel.close-on-error = on");
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"late"}""");

        await connection.ExpectAsync("""{"action":"late","item":1}""");
        Assert.Contains("NotFoundError", await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync("close 1011 a message failed");
        await connection.EndAsync(1011);
    }

    [Fact]
    [Trait("Rule", "I6")]
    public async Task A_connection_with_a_stream_is_not_idle()
    {
        var open = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("gated", () => GatedAsync(null, open)), """
            pikku.connection { idle-timeout = 1m, ping-interval = infinite }
            """);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"gated"}""");
        await connection.ExpectAsync("""{"action":"gated","item":1}""");
        await connection.SettleAsync();

        await node.SweepAsync(TimeSpan.FromMinutes(5));
        await connection.SettleAsync();
        Assert.True(connection.Channel.IsOpen);
        open.Open();
        await connection.ExpectAsync("""{"action":"gated","item":2}""", """{"action":"gated","done":true}""");
        await node.ExpectNoStreamsAsync(connection);
        await node.SweepAsync(TimeSpan.FromMinutes(5));

        await connection.ExpectAsync("close 1000 idle");
        await connection.EndAsync();
    }

    private static IAsyncEnumerable<int> CountAsync([FromData] int to) => Enumerable.Range(1, to).ToAsyncEnumerable();

    private static IAsyncEnumerable<T> ItemsAsync<T>(params T[] items) => items.ToAsyncEnumerable();

    private static async IAsyncEnumerable<int> ThrowAfterAsync(int items)
    {
        await foreach (var item in CountAsync(items))
            yield return item;
        throw new NotFoundError();
    }

    private static async IAsyncEnumerable<int> GatedAsync(Gate? before, Gate after)
    {
        if (before is not null)
            await before.PassAsync();
        yield return 1;
        await after.PassAsync();
        yield return 2;
    }

    private static async IAsyncEnumerable<int> EndlessAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return 1;
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    private static async IAsyncEnumerable<int> RecordingAsync(List<string> order)
    {
        try
        {
            await Task.Yield();
            order.Add("item");
            yield return 1;
        }
        finally
        {
            order.Add("disposed");
        }
    }

    private static async IAsyncEnumerable<string> ManyAsync(int items, Action requested)
    {
        var text = new string('x', 1000);
        for (var i = 0; i < items; i++)
        {
            requested();
            yield return text;
        }

        await Task.Yield();
    }

    private static async IAsyncEnumerable<int> UseAsync(Resource resource, List<string> order, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            resource.Use();
            yield return 1;
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            await Task.Yield();
            resource.Use();
            order.Add("enumerator");
        }
    }

    private static async IAsyncEnumerable<int> CloseAsync(
        IPikkuChannel channel, TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            yield return 1;
            channel.Close();
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            ended.SetResult();
        }
    }

    // The number no longer changes: the producer waits.
    private static async Task WhenSteadyAsync(Func<int> number)
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        for (var (last, same) = (-1, 0); same < 2000; await Task.Yield())
        {
            timeout.Token.ThrowIfCancellationRequested();
            var now = number();
            same = now == last && now > 0 ? same + 1 : 0;
            last = now;
        }
    }

    private sealed record Counting(int To);

    private sealed class Resource(List<string> order) : IDisposable
    {
        private bool _disposed;

        public void Use() => ObjectDisposedException.ThrowIf(_disposed, this);

        public void Dispose()
        {
            _disposed = true;
            order.Add("services");
        }
    }

    private sealed record Word(string Of);

    private sealed class Letters : PikkuSessionlessStream<Word, string>
    {
        public override async IAsyncEnumerable<string> RunAsync(Word input, PikkuContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var letter in input.Of)
            {
                await Task.Yield();
                yield return letter.ToString();
            }
        }
    }

    private sealed class OwnLetters : PikkuStream<NoData, string>
    {
        public override IAsyncEnumerable<string> RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) =>
            ItemsAsync(context.Session!.UserId!);
    }

    private sealed class LateLetters : PikkuSessionlessFunc<NoData, IAsyncEnumerable<string>>
    {
        public override async ValueTask<IAsyncEnumerable<string>> RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return ItemsAsync("late");
        }
    }
}
