using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Akka.Streams;
using Akka.TestKit.Xunit2;
using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class InboundFlowSpec : TestKit
{
    private readonly ConcurrentQueue<string> _ran = [];

    [Fact, Trait("Rule", "E5")]
    public async Task Does_not_end_because_of_a_message()
    {
        await using var node = new TestNode(app => app.WireChannel("c", c =>
        {
            c.AllowAnonymous().MapAction("throw", void () => throw new InvalidOperationException());
            c.MapAction("hi", () => "hi");
        }));
        await node.StartAsync(Sys);
        var connection = node.Connect();
        connection.Channel.Mailbox.Attach(TestActor);
        var turns = new LaneQueue<InboundTurn>(100);
        var lane = ChannelFlow.Inbound(turns).Run(Sys.Materializer());
        InboundMessage[] sent =
        [
            connection.Text("no json"), connection.Text(""), connection.Text("""{"action":"nobody"}"""), connection.Text("""{"action":"throw"}"""),
            connection.Binary(1, 2), new ConnectMessage(connection.Channel), // neither has a handler
            connection.Text("""{"action":"hi"}"""),
        ];

        foreach (var message in sent)
            Assert.True(turns.TryAdd(new InboundTurn(message)));

        var completed = new HashSet<InboundMessage?>();
        for (var i = 0; i < sent.Length; i++)
            completed.Add((await ExpectMsgAsync<InboundTurn>(Patience.Long)).TakeCompleted());
        Assert.Equal([.. sent], completed);
        Assert.Equal(5, sent.Count(e => e.Error is not null));
        Assert.Equal("hi", sent[^1].Result);
        Assert.False(lane.IsCompleted);
    }

    [Fact]
    public async Task Answers_also_when_the_log_fails()
    {
        await using var node = Node(c => c.MapAction("throw", void () => throw new InvalidOperationException()));
        node.Log.Fails = true;
        await node.StartAsync(Sys);

        var reply = await node.Connect(enveloped: true).OwnedBy(Sys).AskAsync("""{"action":"throw","id":1}""");

        Assert.Equal("InternalServerError", Reply.ErrorName(reply));
    }

    [Theory, Trait("Rule", "B6")]
    [InlineData("not json", "BadRequestError")]
    [InlineData("""{"action":"go"} x""", "BadRequestError")]
    [InlineData("", "BadRequestError")]
    [InlineData("""{"action":"other"}""", "NotFoundError")]
    [InlineData("""{"action":["go"]}""", "NotFoundError")]
    [InlineData("""{"Action":"go"}""", "NotFoundError")]
    [InlineData("1", "NotFoundError")]
    public async Task Replies_to_an_unroutable_message_with_an_error_and_counts_a_violation(string text, string error)
    {
        await using var node = Node(c => c.MapAction("go", () => _ran.Enqueue("go")));
        await node.StartAsync(Sys);
        var connection = node.Connect().OwnedBy(Sys);

        var message = connection.Send(text);

        Assert.Equal(error, Reply.ErrorName(await connection.NextAsync()));
        Assert.True(message.IsViolation);
        Assert.Empty(_ran);
    }

    [Fact, Trait("Rule", "E1")]
    public async Task Names_the_action_that_was_not_found()
    {
        await using var node = Node(c => c.MapAction("go", () => { }));
        await node.StartAsync(Sys);
        var connection = node.Connect().OwnedBy(Sys);

        Assert.Equal(
            """{"error":"The server cannot find the requested resource.","errorName":"NotFoundError","action":"nope"}""",
            await connection.AskAsync("""{"action":"nope"}"""));
    }

    [Theory, Trait("Rule", "B5")]
    [InlineData("not json")]
    [InlineData("""{"action":"other"}""")]
    public async Task Gives_the_default_handler_the_raw_text_when_it_takes_a_string(string text)
    {
        await using var node = Node(c =>
        {
            c.OnMessage((string raw) => $"got {raw}");
            c.MapAction("go", () => { });
        });
        await node.StartAsync(Sys);

        Assert.Equal($"got {text}", await node.Connect().OwnedBy(Sys).AskAsync(text));
    }

    [Fact, Trait("Rule", "B5")]
    public async Task Gives_the_default_handler_json_when_it_takes_anything_else()
    {
        await using var node = Node(c => c.OnMessage(([FromData] int[] numbers) => numbers.Sum()));
        await node.StartAsync(Sys);
        var connection = node.Connect().OwnedBy(Sys);

        Assert.Equal("6", await connection.AskAsync("[1,2,3]"));
        Assert.Equal("BadRequestError", Reply.ErrorName(await connection.AskAsync("[1,2")));
    }

    [Fact]
    public async Task Refuses_messages_above_the_rate_without_running_them()
    {
        await using var node = Node(c => c.MapAction("go", () => _ran.Enqueue("go")));
        await node.StartAsync(Sys);
        var connection = node.Connect().OwnedBy(Sys);
        var message = connection.Text("""{"action":"go"}""");
        message.IsOverRate = true;

        connection.Send(message);

        Assert.Equal("TooManyRequestsError", Reply.ErrorName(await connection.NextAsync()));
        Assert.Empty(_ran);
    }

    [Fact, Trait("Rule", "D2")]
    public async Task Names_the_route_that_requires_a_session()
    {
        await using var node = Node(c =>
        {
            c.RequireSession().MapAction("list", () => 1);
            c.MapAction("login", () => 2).AllowAnonymous();
        });
        await node.StartAsync(Sys);
        var nobody = node.Connect().OwnedBy(Sys);

        var refusal = JsonNode.Parse(await nobody.AskAsync("""{"action":"list"}"""));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"error":"Unauthorized for route 'action:list'","errorName":"UnauthorizedError","action":"list"}"""), refusal));
        Assert.Equal("""{"action":"login","result":2}""", await nobody.AskAsync("""{"action":"login"}"""));
        Assert.Equal("""{"action":"list","result":1}""", await node.Connect(new TestSession()).OwnedBy(Sys).AskAsync("""{"action":"list"}"""));
    }

    [Fact, Trait("Rule", "D1")]
    public async Task Does_not_accept_an_expired_session()
    {
        await using var node = Node(c => c.RequireSession().MapAction("list", () => 1));
        await node.StartAsync(Sys);
        var connection = node.Connect(new TestSession { ExpiresAt = node.Clock.GetUtcNow().AddMinutes(1) }).OwnedBy(Sys);
        Assert.Equal("""{"action":"list","result":1}""", await connection.AskAsync("""{"action":"list"}"""));

        node.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("UnauthorizedError", Reply.ErrorName(await connection.AskAsync("""{"action":"list"}""")));
    }

    [Fact, Trait("Rule", "J1")]
    public async Task Sends_only_the_result_of_the_handler_for_a_binary_frame()
    {
        await using var node = Node(c =>
        {
            c.OnBinaryMessage((byte[] bytes) => bytes.Length switch
            {
                0 => [],
                1 => throw new InvalidOperationException(),
                _ => bytes[1..],
            });
            c.MapAction("go", () => 1);
        });
        await node.StartAsync(Sys);
        var connection = node.Connect().OwnedBy(Sys);

        connection.Send(connection.Binary());
        connection.Send(connection.Binary(1));
        connection.Send(connection.Binary(1, 2, 3));

        Assert.Equal("binary 0203", await connection.NextAsync());
        // Another instance of the function may still run the call that fails.
        await AwaitAssertAsync(() => Assert.Equal(1, node.Meters["pikku.binary.failures"]), Patience.Long);
    }

    [Fact, Trait("Rule", "J1")]
    public async Task Sends_nothing_for_a_binary_frame_without_a_handler_or_a_session()
    {
        await using var node = new TestNode(app => app
            .WireChannel("c", c => c.MapAction("go", () => 1).AllowAnonymous())
            .WireChannel("d", c =>
            {
                c.OnBinaryMessage((byte[] bytes) => bytes);
                c.MapAction("go", () => 1).AllowAnonymous();
            }));
        await node.StartAsync(Sys);

        for (var channel = 0; channel < 2; channel++)
        {
            var connection = node.Connect(channel: channel).OwnedBy(Sys);
            connection.Send(connection.Binary(1, 2));
            Assert.Equal("""{"action":"go","result":1}""", await connection.AskAsync("""{"action":"go"}"""));
        }

        Assert.Equal(2, node.Meters["pikku.binary.failures"]);
    }

    [Fact, Trait("Rule", "L2")]
    public async Task Drops_an_answer_without_an_open_call()
    {
        await using var node = Node(c =>
        {
            c.OnMessage((string raw) => raw);
            c.MapAction("go", () => 1);
        });
        await node.StartAsync(Sys);
        var connection = node.Connect().OwnedBy(Sys);

        connection.Send("""{"action":"pikku-rpc-response","id":"1","ok":true}""");

        Assert.Equal("""{"action":"go","result":1}""", await connection.AskAsync("""{"action":"go"}"""));
    }

    [Fact, Trait("Rule", "K1")]
    public async Task Runs_a_handler_of_the_hub_and_survives_its_failure()
    {
        await using var node = Node(_ => { });
        await node.StartAsync(Sys);
        var connection = node.Connect();
        connection.Channel.Mailbox.Attach(TestActor);
        var news = new HubEvent("news", "1"u8.ToArray(), EncodedMessage.Copy(MessageKind.Text, "1"u8));

        foreach (var handler in (Handler[])[new(_ => _ran.Enqueue("event")), new(_ => throw new InvalidOperationException())])
        {
            var message = connection.Send(new EventMessage(connection.Channel, news, handler));
            Assert.Same(message, (await ExpectMsgAsync<InboundTurn>(Patience.Long)).TakeCompleted());
            Assert.Empty(connection.Client.Unread());
        }

        Assert.Equal(["event"], _ran);
        Assert.Equal(1, node.Meters["pikku.message.failed"]);
    }

    [Fact]
    public async Task Refuses_a_message_when_its_lane_is_full()
    {
        await using var node = Node(
            c => c.MapAction("go", () => _ran.Enqueue("go")), "pikku.channel { lanes = 1, lane-capacity = 1 }");
        var connection = node.Connect().OwnedBy(Sys);
        connection.Send("""{"action":"go"}"""); // nobody takes it: the lanes have not been started

        Assert.Equal("ServiceUnavailableError", Reply.ErrorName(await connection.AskAsync("""{"action":"go"}""")));
    }

    [Fact, Trait("Rule", "I1")]
    public async Task Runs_onDisconnect_even_if_its_lane_is_full()
    {
        using var release = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource();
        var blocking = PikkuMiddleware.Of((_, _) =>
        {
            blocked.TrySetResult();
            release.Wait(Patience.Long);
            return default;
        });
        await using var node = Node(
            c =>
            {
                c.OnDisconnect(left.SetResult);
                c.MapAction("block", () => { }).UseMiddleware(blocking);
            },
            "pikku.channel { lanes = 1, lane-capacity = 1 }");
        await node.StartAsync(Sys);
        var connection = node.Connect().OwnedBy(Sys);
        connection.Send("""{"action":"block"}""");
        await blocked.Task.Soon();
        while (node.Endpoint.Inbound(connection.Channel.Lane).TryAdd(new InboundTurn(connection.Text("{}"))))
        {
            // The lane is stopped, so the queue in front of it fills up to its limit.
        }

        connection.Send(new DisconnectMessage(connection.Channel));

        await left.Task.Soon();
        release.Set();
    }

    private static TestNode Node(Action<ChannelBuilder> channel, string hocon = "") =>
        new(app => app.WireChannel("c", c => channel(c.AllowAnonymous())), hocon: hocon);

    private sealed class Handler(Action<HubEvent> run) : IEventHandler
    {
        public ValueTask HandleAsync(HubEvent hubEvent)
        {
            run(hubEvent);
            return default;
        }
    }
}
