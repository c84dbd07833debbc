using System.Collections.Concurrent;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Messages that arrive together receive the same replies as messages that arrive one by one.</summary>
[Trait("Rule", "B7")]
public sealed class BurstOrderSpec
{
    [Theory]
    [InlineData("sync sync sync")]
    [InlineData("sync other sync other")]
    [InlineData("sync yield sync")]
    [InlineData("yield yield sync")]
    [InlineData("sync throw sync")]
    [InlineData("throw throw sync")]
    [InlineData("sync throwLate sync")]
    [InlineData("sync malformed sync")]
    [InlineData("malformed unknown sync")]
    [InlineData("sync malformed malformed unknown sync sync")]
    [InlineData("sync unknown yield unknown sync")]
    [InlineData("around sync around")]
    [InlineData("sync around around sync")]
    [InlineData("sync aroundThrows sync")]
    [InlineData("sync dispose sync")]
    [InlineData("sync void sync")]
    public async Task Answers_each_kind_in_its_place(string kinds)
    {
        await using var node = await LiveNode.StartAsync(BurstKinds.Wire, services: BurstKinds.AddServices);
        var connection = await node.ConnectAsync();
        var messages = kinds.Split(' ').Select((kind, n) => (Kind: kind, N: n)).ToArray();

        connection.Send([.. messages.Select(m => BurstKinds.Message(m.Kind, m.N))]);

        foreach (var (kind, n) in messages)
            Assert.Equal(BurstKinds.Answer(kind, n), Reply.ErrorName(await connection.NextAsync()));
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task Answers_by_id_where_messages_are_enveloped()
    {
        await using var node = await LiveNode.StartAsync(BurstKinds.Wire);
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send(
            """{"action":"sync","id":"a","data":1}""", """{"action":"throw","id":"b","data":2}""", """{"action":"sync","id":"c","data":3}""");

        await connection.ExpectAsync("""{"action":"sync","id":"a","data":1}""");
        Assert.StartsWith("""{"action":"throw","id":"b","error":{"name":"ConflictError",""", await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync("""{"action":"sync","id":"c","data":3}""");
    }

    [Fact]
    public async Task Goes_through_the_default_handler_in_order()
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.OnMessage((string text) => $"got {text}");
            BurstKinds.Wire(c);
        });
        var connection = await node.ConnectAsync();

        connection.Send("one", """{"action":"sync","data":1}""", "two", "three", """{"action":"other","data":2}""");

        await connection.ExpectAsync("got one", """{"action":"sync","data":1}""", "got two", "got three", """{"action":"other","data":2}""");
    }

    [Fact]
    public async Task Mixes_text_and_binary()
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.OnBinaryMessage((byte[] bytes) => bytes);
            BurstKinds.Wire(c);
        });
        var connection = await node.ConnectAsync();

        connection.SendMixed([1, 2], [3], """{"action":"sync","data":1}"""u8.ToArray(), [4], [5, 6]);

        await connection.ExpectAsync("binary 0102", "binary 03", """{"action":"sync","data":1}""", "binary 04", "binary 0506");
    }

    [Fact]
    public async Task Refuses_messages_above_the_rate_after_the_replies_to_the_others()
    {
        var ran = 0;
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("go", ([FromData] int n) =>
            {
                Interlocked.Increment(ref ran);
                return n;
            }),
            "pikku.limits { messages-per-second = 1, message-burst = 5 }");
        var connection = await node.ConnectAsync();

        connection.Send([.. Enumerable.Range(0, 10).Select(n => $$"""{"action":"go","data":{{n}}}""")]);

        for (var n = 0; n < 5; n++)
            await connection.ExpectAsync($$"""{"action":"go","data":{{n}}}""");
        for (var n = 5; n < 10; n++)
            Assert.Equal("TooManyRequestsError", Reply.ErrorName(await connection.NextAsync()));
        Assert.Equal(5, ran);
    }

    [Fact]
    public async Task Goes_through_channel_middleware_in_order()
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            BurstKinds.Wire(c);
            c.UseChannelMiddleware(async (_, e, next) =>
            {
                if (e.Payload is int n && n % 3 == 0)
                    await Task.Yield();
                await next(e);
            });
        });
        var connection = await node.ConnectAsync();

        connection.Send([.. Enumerable.Range(0, 40).Select(n => $$"""{"action":"sync","data":{{n}}}""")]);

        for (var n = 0; n < 40; n++)
            await connection.ExpectAsync($$"""{"action":"sync","data":{{n}}}""");
    }

    [Fact]
    public async Task Sends_messages_of_a_function_after_the_earlier_replies()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("say", ([FromData] int n, IPikkuChannel channel) =>
        {
            channel.TrySend($"during {n}");
            return n;
        }));
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"say","data":1}""", """{"action":"say","data":2}""", """{"action":"say","data":3}""");

        await connection.ExpectAsync(
            "during 1", """{"action":"say","data":1}""", "during 2", """{"action":"say","data":2}""", "during 3", """{"action":"say","data":3}""");
    }

    [Fact]
    public async Task Runs_each_message_once_even_if_functions_run_on_another_thread_than_their_connection()
    {
        const int bursts = 200;
        const int size = 32;
        var ran = new ConcurrentQueue<int>();
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("go", ([FromData] int n) =>
            {
                ran.Enqueue(n);
                return n;
            }),
            "pikku { limits.message-burst = 100000, outbox.max-size = 64MiB, function.dispatcher = \"akka.actor.default-dispatcher\" }");
        var connection = await node.ConnectAsync();

        for (var burst = 0; burst < bursts; burst++)
            connection.Send([.. Enumerable.Range(burst * size, size).Select(n => $$"""{"action":"go","data":{{n}}}""")]);

        for (var n = 0; n < bursts * size; n++)
            await connection.ExpectAsync($$"""{"action":"go","data":{{n}}}""");
        Assert.Equal(Enumerable.Range(0, bursts * size), ran);
    }

}
