using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Pikku.Akka.Channels;
using Pikku.Akka.Functions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

/// <summary>The turn alone decides whether a message begins. Test probes replace the function actors and the connection's actor.</summary>
public sealed class InboundTurnSpec : TestKit
{
    private const string Go = """{"action":"go"}""";

    private readonly TestProbe _owner;
    private readonly TestProbe _elsewhere;
    private readonly TestNode _node;
    private readonly TestConnection _connection;

    public InboundTurnSpec()
    {
        _owner = CreateTestProbe();
        _elsewhere = CreateTestProbe();
        _node = NewNode();
        _connection = Connect(_node);
    }

    [Fact]
    public void Sets_the_turn_of_its_messages_and_resets_their_start_times()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(Go)];
        messages[1].StartedAt = 5; // of an earlier turn, which left it

        var turn = Turn(messages);

        Assert.All(messages, message => Assert.Same(turn, message.Turn));
        Assert.All(messages, message => Assert.Equal(0, message.StartedAt));
    }

    [Fact]
    public async Task Gives_the_actor_of_a_function_one_message_after_another()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(Go), _connection.Text(Go)];
        var turn = Run(messages);
        Assert.Same(messages[0], await ExpectMsgAsync<InboundMessage>(Patience.Long));

        Assert.Same(messages[1], messages[0].Complete(isReadyForNext: true));
        Assert.Same(messages[2], messages[1].Complete(isReadyForNext: true));
        Assert.Null(messages[2].Complete(isReadyForNext: true));

        Assert.True(turn.ReadProgress());
        Assert.Equal(messages, Completed(turn));
        Assert.Null(turn.TakeRest());
    }

    [Fact]
    public void Is_short()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(Go), _connection.Text(Go)];
        var turn = Run(messages);

        _node.Clock.Advance(TimeSpan.FromMicroseconds(999));
        Assert.Same(messages[1], messages[0].Complete(isReadyForNext: true));
        _node.Clock.Advance(TimeSpan.FromMicroseconds(1));
        Assert.Null(messages[1].Complete(isReadyForNext: true));

        AssertLeft(turn, messages[2]);
    }

    [Fact]
    public void Begins_no_message_when_the_connection_is_not_open()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(Go)];
        var turn = Run(messages);

        _connection.Channel.Close();

        Assert.Null(messages[0].Complete(isReadyForNext: true));
        AssertLeft(turn, messages[1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Begins_no_message_after_an_error_that_closes_the_connection(bool closesOnError)
    {
        var connection = Connect(NewNode($"pikku.channel.close-on-error = {(closesOnError ? "on" : "off")}"));
        InboundMessage[] messages = [connection.Text(Go), connection.Text(Go)];
        Run(messages);
        messages[0].Fail(new ConflictError());

        var next = messages[0].Complete(isReadyForNext: true);

        Assert.Equal(closesOnError ? null : messages[1], next);
    }

    [Theory]
    [InlineData("""{"action":"other"}""")]
    [InlineData("""{"action":"around"}""")]
    public void Ends_before_a_message_that_needs_another_actor_or_middleware(string message)
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(message), _connection.Text(Go)];
        var turn = Run(messages);

        Assert.Null(messages[0].Complete(isReadyForNext: true));

        AssertLeft(turn, messages[1], messages[2]);
    }

    [Fact]
    public async Task Lets_the_lane_skip_refused_messages_and_start_any_function()
    {
        InboundMessage[] messages = [_connection.Text("no json"), _connection.Text("""{"action":"secret"}"""), _connection.Text("""{"action":"other"}""")];
        Run(messages);

        Assert.Same(messages[2], await _elsewhere.ExpectMsgAsync<InboundMessage>(Patience.Long));
        Assert.IsType<BadRequestError>(messages[0].Error);
        Assert.IsType<UnauthorizedRouteError>(messages[1].Error);
    }

    [Fact]
    public void Replies_to_a_refused_message_between_two_others_and_continues()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(Go), _connection.Text("no json"), _connection.Text(Go)];
        messages[1].IsOverRate = true;
        var turn = Run(messages);

        Assert.Same(messages[3], messages[0].Complete(isReadyForNext: true));

        Assert.IsType<TooManyRequestsError>(messages[1].Error);
        Assert.IsType<BadRequestError>(messages[2].Error);
        Assert.False(turn.ReadProgress());
        Assert.Equal(messages[..3], Completed(turn));
    }

    [Fact, Trait("Rule", "D1")]
    public void Checks_the_session_when_the_message_begins()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text("""{"action":"secret"}"""), _connection.Text("""{"action":"secret"}""")];
        Run(messages);
        _connection.Channel.Session.TrySet(new TestSession(), _connection.Channel.Session.Epoch);

        Assert.Same(messages[1], messages[0].Complete(isReadyForNext: true));
        _connection.Channel.Session.Clear();

        Assert.Null(messages[1].Complete(isReadyForNext: true));
        Assert.IsType<UnauthorizedRouteError>(messages[2].Error);
    }

    [Fact]
    public void Is_reported_once_until_its_progress_is_read()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(Go), _connection.Text(Go), _connection.Text(Go)];
        var turn = Run(messages);
        messages[0].Complete(isReadyForNext: true);
        Assert.Equal(1, Reports());
        messages[1].Complete(isReadyForNext: true);
        Assert.Equal(0, Reports());

        Assert.False(turn.ReadProgress());
        Assert.Equal(messages[..2], Completed(turn));
        messages[2].Complete(isReadyForNext: true);

        Assert.Equal(1, Reports());
    }

    [Fact]
    public void Ends_after_a_message_that_completes_asynchronously()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(Go), _connection.Text(Go)];
        var turn = Run(messages);
        messages[0].Complete(isReadyForNext: true);
        messages[1].Suspend();

        Assert.False(turn.ReadProgress());
        Assert.Equal(messages[..1], Completed(turn));
        Assert.Null(messages[1].Complete(isReadyForNext: false));

        Assert.True(turn.ReadProgress());
        Assert.Equal(messages[1..2], Completed(turn));
        Assert.Same(messages[2], turn.TakeRest());
    }

    [Fact]
    public void Discards_the_messages_after_a_suspended_message()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(Go), _connection.Text(Go)];
        var turn = Run(messages);
        Assert.Null(turn.TakeBehindSuspended());
        messages[0].Suspend();

        Assert.Same(messages[1], turn.TakeBehindSuspended());
        Assert.Null(turn.TakeBehindSuspended());

        messages[0].Complete(isReadyForNext: false);
        Assert.Equal(messages[..1], Completed(turn));
        Assert.Null(turn.TakeRest());
    }

    [Fact]
    public void Is_not_changed_by_a_run_that_lost_against_its_deadline()
    {
        InboundMessage[] messages = [_connection.Text(Go), _connection.Text(Go)];
        var turn = Run(messages);

        Assert.Equal(Expiry.Unanswered, messages[0].Expire());
        Assert.Same(messages[0], turn.TakeCurrent());
        Assert.Null(messages[0].Complete(isReadyForNext: true));

        Assert.Equal(0, Reports());
        Assert.Null(turn.TakeCompleted());
        Assert.Same(messages[1], turn.TakeRest());
    }

    [Fact]
    public async Task Does_not_run_a_message_whose_deadline_expired_before_the_lane_ran()
    {
        InboundMessage[] messages = [_connection.Text(Go)];
        var turn = Turn(messages);
        turn.Start(_node.Clock.GetTimestamp());
        messages[0].Expire();

        turn.Decode();
        turn.Run();

        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    protected override void AfterAll()
    {
        _node.DisposeAsync().AsTask().Wait();
        base.AfterAll();
    }

    private static TestNode NewNode(string hocon = "") => new(
        app => app.WireChannel("test", channel =>
        {
            channel.MapAction("go", () => { }).AllowAnonymous();
            channel.MapAction("secret", () => { });
            channel.MapAction("other", void () => { }).AllowAnonymous();
            channel.MapAction("around", () => { }).AllowAnonymous().UseMiddleware((_, next) => next());
        }),
        hocon: hocon);

    private static InboundTurn Turn(params InboundMessage[] messages)
    {
        for (var i = 1; i < messages.Length; i++)
            messages[i - 1].Next = messages[i];
        return new InboundTurn(messages[0]);
    }

    private static InboundMessage[] Completed(InboundTurn turn)
    {
        List<InboundMessage> completed = [];
        while (turn.TakeCompleted() is { } message)
            completed.Add(message);
        return [.. completed];
    }

    // The turn has ended, and the actor takes back the messages that have not begun.
    private static void AssertLeft(InboundTurn turn, params InboundMessage[] messages)
    {
        Assert.True(turn.ReadProgress());
        Completed(turn);
        Assert.Equal(messages, turn.Messages());
        Assert.All(messages, message => Assert.Equal(0, message.StartedAt));
    }

    // The number of reports that the connection's actor has received since the last call.
    private int Reports()
    {
        var reports = 0;
        for (; _owner.HasMessages; reports++)
            Assert.IsType<InboundTurn>(_owner.ReceiveOne(TimeSpan.Zero));
        return reports;
    }

    private TestConnection Connect(TestNode node)
    {
        foreach (var action in node.Endpoint.Definition.Actions)
            action.Actor = action.Name == "other" ? _elsewhere : TestActor;
        var connection = node.Connect();
        connection.Channel.Mailbox.Attach(_owner.Ref);
        return connection;
    }

    // Does what the connection's actor and the lane do.
    private static InboundTurn Run(params InboundMessage[] messages)
    {
        var turn = Turn(messages);
        turn.Start(messages[0].Connection.Endpoint.Clock.GetTimestamp());
        turn.Decode();
        turn.Run();
        return turn;
    }
}
