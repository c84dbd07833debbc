using System.Text;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Which messages of a connection run, and which of them share a turn.</summary>
public sealed class InboundQueueSpec
{
    private const int MaxTurn = 32;

    private readonly Connection _connection = new TestNode(app => app.WireChannel("test", _ => { })).Connect().Channel;

    [Fact]
    [Trait("Rule", "B7")]
    public void Gives_messages_in_order_as_far_as_the_window_allows()
    {
        var queue = new InboundQueue(maxInFlight: 2);
        var messages = Enqueue(queue, 3);

        var first = queue.TryStartTurn();
        Assert.Equal([messages[0]], first!.Messages());
        Assert.Equal([messages[1]], queue.TryStartTurn()!.Messages());
        Assert.Null(queue.TryStartTurn());
        queue.EndTurn(first!);
        Assert.Equal([messages[2]], queue.TryStartTurn()!.Messages());
    }

    [Fact]
    public void Takes_what_waits_together_in_order()
    {
        var queue = new InboundQueue(maxInFlight: 1);
        var messages = Enqueue(queue, 3);

        Assert.Equal(messages, queue.TryStartTurn()!.Messages());
        Assert.Null(queue.TakeWaiting());
    }

    [Fact]
    public void Lets_a_message_that_waits_alone_go_alone()
    {
        var queue = new InboundQueue(maxInFlight: 1);
        var messages = Enqueue(queue, 1);

        Assert.Equal(messages, queue.TryStartTurn()!.Messages());
    }

    [Fact]
    public void Takes_no_more_than_a_turn_may_hold()
    {
        var queue = new InboundQueue(maxInFlight: 1);
        var messages = Enqueue(queue, MaxTurn + 5);

        Assert.Equal(messages.Take(MaxTurn), StartAndEnd(queue));
        Assert.Equal(messages.Skip(MaxTurn), StartAndEnd(queue));
    }

    [Fact]
    public void Puts_each_message_into_a_turn_of_its_own_where_messages_may_run_beside_each_other()
    {
        var queue = new InboundQueue(maxInFlight: 2);
        var messages = Enqueue(queue, 3);

        Assert.Equal([messages[0]], queue.TryStartTurn()!.Messages());
        Assert.NotNull(queue.TryStartTurn());
    }

    [Fact]
    public void Stops_at_an_event_which_goes_alone()
    {
        var queue = new InboundQueue(maxInFlight: 1);
        var before = Enqueue(queue, 2);
        var happened = new EventMessage(_connection, new HubEvent("news", "1"u8.ToArray(), EncodedMessage.Copy(MessageKind.Text, "1"u8)), new Ignoring());
        queue.Enqueue(happened);
        var behind = Enqueue(queue, 2);

        Assert.Equal(before, StartAndEnd(queue));
        Assert.Equal([happened], StartAndEnd(queue));
        Assert.Equal(behind, StartAndEnd(queue));
    }

    [Fact]
    public void Puts_back_what_a_turn_left_in_front_of_what_came_meanwhile()
    {
        var queue = new InboundQueue(maxInFlight: 1);
        var messages = Enqueue(queue, 3);
        var turn = queue.TryStartTurn()!;
        var later = Enqueue(queue, 1);

        turn.TakeCurrent();
        queue.EndTurn(turn);
        queue.PutBack(turn.TakeRest()!);

        Assert.All(messages[1..], message => Assert.Null(message.Turn));
        Assert.Equal([.. messages[1..], .. later], StartAndEnd(queue));
    }

    [Fact]
    public void Puts_back_where_nothing_waits()
    {
        var queue = new InboundQueue(maxInFlight: 1);
        var messages = Enqueue(queue, 2);
        var turn = queue.TryStartTurn()!;

        turn.TakeCurrent();
        queue.EndTurn(turn);
        queue.PutBack(turn.TakeRest()!);
        var later = Enqueue(queue, 1);

        Assert.Equal([messages[1], later[0]], StartAndEnd(queue));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void Is_empty_when_nothing_waits_and_nothing_is_under_way()
    {
        var queue = new InboundQueue(maxInFlight: 1);
        Assert.True(queue.IsEmpty);
        Enqueue(queue, 1);
        Assert.True(queue.IsIdle);
        Assert.False(queue.IsEmpty);

        var turn = queue.TryStartTurn()!;
        Assert.False(queue.IsIdle);
        Assert.Same(turn, queue.OldestTurn);
        queue.EndTurn(turn);

        Assert.True(queue.IsEmpty);
        Assert.Null(queue.OldestTurn);
    }

    [Fact]
    [Trait("Rule", "I1")]
    public void Has_a_place_for_onDisconnect_also_when_the_window_is_full()
    {
        var queue = new InboundQueue(maxInFlight: 1);
        Enqueue(queue, 1);
        var first = queue.TryStartTurn()!;

        var last = queue.StartTurn(new DisconnectMessage(_connection));

        Assert.Same(last, first.Next);
        queue.EndTurn(first);
        Assert.Same(last, queue.OldestTurn);
        queue.EndTurn(last);
        Assert.True(queue.IsIdle);
    }

    [Fact]
    public void Forgets_a_turn_wherever_it_stands()
    {
        var queue = new InboundQueue(maxInFlight: 3);
        Enqueue(queue, 3);
        InboundTurn[] turns = [queue.TryStartTurn()!, queue.TryStartTurn()!, queue.TryStartTurn()!];

        queue.EndTurn(turns[1]);

        Assert.False(turns[1].IsInFlight);
        Assert.Same(turns[2], turns[0].Next);
        queue.EndTurn(turns[2]);
        Assert.Null(turns[0].Next);
        Assert.Same(turns[0], queue.OldestTurn);
    }

    private static InboundMessage[] StartAndEnd(InboundQueue queue)
    {
        var turn = queue.TryStartTurn()!;
        var messages = turn.Messages();
        queue.EndTurn(turn);
        return messages;
    }

    private InboundMessage[] Enqueue(InboundQueue queue, int count)
    {
        InboundMessage[] messages = [.. Enumerable.Range(0, count).Select(n =>
            n % 2 == 1 ? (InboundMessage)new BinaryMessage(_connection, Encoding.UTF8.GetBytes("{}"), 2) : new TextMessage(_connection, Encoding.UTF8.GetBytes("{}"), 2))];
        foreach (var message in messages)
            queue.Enqueue(message);
        return messages;
    }

    private sealed class Ignoring : IEventHandler
    {
        public TopicSpans Spans => TopicSpans.Undeclared;

        public ValueTask HandleAsync(HubEvent hubEvent) => default;
    }
}
