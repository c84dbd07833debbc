using System.Buffers;
using System.Text;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>The lifecycle of a connection without an actor system. The test acts as its actor, its lane and its functions.</summary>
public sealed class ConnectionLifeSpec
{
    private const string Go = """{"action":"go"}""";
    private const string Done = """{"action":"go"}"""; // what a function answers that returns nothing

    private readonly List<Connection> _unsubscribed = [];

    [Fact]
    [Trait("Rule", "B8")]
    public void Starts_messages_once_onConnect_has_succeeded()
    {
        var life = Begin(out var connection, c => c.OnConnect(() => { }));
        var connecting = Lane(connection)!;
        Receive(life, connection, Go);
        Assert.Null(Lane(connection));

        Complete(life, connecting);

        Assert.IsType<TextMessage>(Lane(connection)!.Current);
    }

    [Fact]
    public void Closes_when_onConnect_fails()
    {
        var life = Begin(out var connection, c => c.OnConnect(() => { }));
        var connecting = Lane(connection)!;
        connecting.Current!.Fail(new ForbiddenError());

        Complete(life, connecting);

        Assert.False(connection.Channel.IsOpen);
        Assert.Contains(connection.Client.Unread(), frame => frame.Text == "close 1008 onConnect failed");
    }

    [Fact]
    [Trait("Rule", "B7")]
    public void Starts_the_next_turn_when_the_window_has_room_again()
    {
        var life = Begin(out var connection);
        Receive(life, connection, Go);
        var first = Lane(connection)!;
        Receive(life, connection, Go, Go);
        Assert.Null(Lane(connection));

        Complete(life, first);

        Assert.Equal(2, Lane(connection)!.Messages().Length);
    }

    [Fact]
    public void Returns_the_credit_of_each_message_once_however_it_ends()
    {
        var life = Begin(out var connection, hocon: CreditBook.Countable);
        Receive(life, connection, Go, Go, Go);
        var turn = Lane(connection)!;
        Receive(life, connection, Go);
        turn.Decode();
        turn.Run();

        // One message completes, one exceeds its deadline, one is dropped from the rest of the turn, and one from the waiting messages.
        var messages = turn.Messages();
        Assert.Same(messages[1], messages[0].Complete(isReadyForNext: true));
        Time(connection).Advance(TimeSpan.FromMinutes(1));
        Do(life, () => life.Close(CloseCode.Normal, ""));
        Do(life, life.CheckDeadlines);
        Do(life, () => life.EndSocket(1000));
        Assert.Null(messages[1].Complete(isReadyForNext: true));
        Do(life, () => life.ReadProgress(turn));

        connection.Channel.Inbox.AssertBalanced();
        Assert.True(life.IsEnded);
    }

    [Fact]
    public void Replies_408_to_a_late_message_and_queues_the_rest_of_its_turn_before_newer_messages()
    {
        var life = Begin(out var connection);
        Receive(life, connection, Go, """{"action":"go","n":2}""");
        var turn = Lane(connection)!;
        turn.Decode();
        turn.Run();
        Receive(life, connection, """{"action":"go","n":3}""");
        var late = turn.Current!;
        var rest = late.Next!;

        Time(connection).Advance(TimeSpan.FromSeconds(31));
        Do(life, life.CheckDeadlines);

        Assert.Equal("RequestTimeoutError", Reply.ErrorName(Assert.Single(connection.Client.Unread()).Text));
        Assert.True(late.Cancellation.IsCancellationRequested);
        var next = Lane(connection)!;
        Assert.Same(rest, next.Current);
        Assert.Equal(2, next.Messages().Length);
    }

    [Fact]
    public void Marks_messages_above_the_rate_and_closes_if_the_client_does_not_stop()
    {
        var life = Begin(out var connection, hocon: "pikku.limits { messages-per-second = 1, message-burst = 2, violation-cost = 1 }");

        Receive(life, connection, Go, Go, Go);
        Assert.Equal([false, false, true], Lane(connection)!.Messages().Select(message => message.IsOverRate));
        Assert.True(connection.Channel.IsOpen);
        Receive(life, connection, Go, Go, Go);

        Assert.False(connection.Channel.IsOpen);
    }

    [Fact]
    [Trait("Rule", "I1")]
    public void Runs_onDisconnect_once_after_the_running_messages()
    {
        var life = Begin(out var connection, c => c.OnDisconnect(() => { }));
        Receive(life, connection, Go);
        var turn = Lane(connection)!;
        Do(life, () => life.EndSocket(1006));
        Do(life, () => life.EndSocket(1006));
        Assert.Null(Lane(connection));

        Complete(life, turn);
        var last = Lane(connection)!;
        Assert.IsType<DisconnectMessage>(last.Current);
        Assert.Null(Lane(connection));
        Complete(life, last);

        Assert.True(life.IsEnded);
        Assert.Equal(1006, life.CloseCode);
        Assert.All(_unsubscribed, unsubscribed => Assert.Same(connection.Channel, unsubscribed));
    }

    [Fact]
    public void Closes_a_draining_connection_after_all_replies()
    {
        var life = Begin(out var connection, hocon: "pikku.shutdown.reconnect-spread = 1ms");
        Receive(life, connection, Go);
        var turn = Lane(connection)!;
        Do(life, life.Drain);
        Receive(life, connection, Go);
        Assert.True(connection.Channel.IsOpen);

        Complete(life, turn);

        Assert.False(connection.Channel.IsOpen);
        Assert.Equal([Done, "close 1001 the node is going away; retry-after-ms=1"], connection.Client.Unread().Select(frame => frame.Text));
    }

    [Fact]
    public void Is_busy_while_a_message_runs()
    {
        var life = Begin(out var connection);
        Assert.Equal(0, connection.Channel.Activity.BusySince);
        Receive(life, connection, Go);
        var began = Time(connection).GetTimestamp();
        Time(connection).Advance(TimeSpan.FromSeconds(1));
        Receive(life, connection, Go);
        Assert.Equal(began, connection.Channel.Activity.BusySince);

        Complete(life, Lane(connection)!);
        Complete(life, Lane(connection)!);

        Assert.Equal(0, connection.Channel.Activity.BusySince);
    }

    private static ManualTime Time(TestConnection connection) => (ManualTime)connection.Channel.Endpoint.Clock;

    private static InboundTurn? Lane(TestConnection connection) =>
        connection.Channel.Endpoint.Inbound(connection.Channel.Lane).TryTake(out var turn) ? turn : null;

    // Does what the actor does after each message.
    private static void Do(ConnectionLife life, Action told)
    {
        told();
        life.Continue();
    }

    private static void Receive(ConnectionLife life, TestConnection connection, params string[] messages)
    {
        ClientMessage? first = null, last = null;
        foreach (var text in messages)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var rented = ArrayPool<byte>.Shared.Rent(bytes.Length);
            bytes.CopyTo(rented, 0);
            connection.Channel.Inbox.TakeCredit(bytes.Length);
            var message = new TextMessage(connection.Channel, rented, bytes.Length);
            first ??= message;
            if (last is not null)
                last.Next = message;
            last = message;
        }

        Do(life, () => life.Receive(first!));
    }

    // Acts as the lane and as a function that returns nothing. Each message of the turn is awaited.
    private static void Complete(ConnectionLife life, InboundTurn turn)
    {
        var message = turn.Current!;
        turn.Decode();
        turn.Run();
        message.Complete(isReadyForNext: false);
        Do(life, () => life.ReadProgress(turn));
    }

    private ConnectionLife Begin(out TestConnection connection, Action<ChannelBuilder>? wire = null, string hocon = "")
    {
        var node = new TestNode(
            app => app.WireChannel("test", channel =>
            {
                channel.AllowAnonymous().MapAction("go", () => { });
                wire?.Invoke(channel);
            }),
            hocon: hocon);
        connection = node.Connect();
        connection.Channel.Mailbox.Attach(ActorRefs.Nobody);
        var life = new ConnectionLife(connection.Channel, _unsubscribed.Add);
        Do(life, life.Begin);
        return life;
    }
}
