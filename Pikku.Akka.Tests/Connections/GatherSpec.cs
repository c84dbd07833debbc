using System.Text;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Which messages of a connection go together.</summary>
public sealed class GatherSpec
{
    private const int MaxBurst = 32;

    private readonly Connection _channel = new TestNode(app => app.WireChannel("test", _ => { })).Connect().Channel;

    [Fact]
    public void Takes_what_waits_in_order()
    {
        var state = Open();
        var messages = Enqueue(state, 3);

        var burst = state.TryGather(state.TryNext()!);

        Assert.Equal(messages, burst!.Exchanges);
        Assert.Null(state.TryNext());
    }

    [Fact]
    public void Lets_a_message_that_waits_alone_go_alone()
    {
        var state = Open();
        Enqueue(state, 1);

        Assert.Null(state.TryGather(state.TryNext()!));
    }

    [Fact]
    public void Takes_no_more_than_a_burst_may_hold()
    {
        var state = Open();
        var messages = Enqueue(state, MaxBurst + 5);

        Assert.Equal(messages.Take(MaxBurst), state.TryGather(state.TryNext()!)!.Exchanges);
        Assert.Equal(messages.Skip(MaxBurst), state.TryGather(state.TryNext()!)!.Exchanges);
    }

    [Fact]
    public void Makes_none_where_messages_may_run_beside_each_other()
    {
        var state = Open(maxInFlight: 2);
        Enqueue(state, 3);

        Assert.Null(state.TryGather(state.TryNext()!));
        Assert.NotNull(state.TryNext());
    }

    [Fact]
    public void Stops_at_an_event_which_goes_alone()
    {
        var state = Open();
        var first = Enqueue(state, 2);
        var happened = Exchange.OfEvent(_channel, new HubEvent("news", "1"u8.ToArray(), EncodedMessage.Copy(MessageKind.Text, "1"u8)), new Ignoring());
        state.Enqueue(happened);
        var behind = Enqueue(state, 2);

        Assert.Equal(first, state.TryGather(state.TryNext()!)!.Exchanges);
        var next = state.TryNext();
        Assert.Same(happened, next);
        Assert.Null(state.TryGather(next!));
        Assert.Equal(behind, state.TryGather(state.TryNext()!)!.Exchanges);
    }

    [Fact]
    public void Puts_back_what_a_burst_left_in_front_of_what_came_meanwhile()
    {
        var state = Open();
        var burst = Enqueue(state, 3);
        state.TryGather(state.TryNext()!)!.Join();
        var later = Enqueue(state, 1);

        Assert.True(state.TryPutBack(burst[2]));
        Assert.True(state.TryPutBack(burst[1]));

        Assert.All(burst[1..], exchange => Assert.Null(exchange.Burst));
        Assert.Equal([.. burst[1..], .. later], state.TryGather(state.TryNext()!)!.Exchanges);
    }

    [Fact]
    public void Puts_back_where_nothing_waits()
    {
        var state = Open();
        var burst = Enqueue(state, 2);
        state.TryGather(state.TryNext()!);

        Assert.True(state.TryPutBack(burst[1]));
        var later = Enqueue(state, 1);

        Assert.Same(burst[1], state.TryNext());
        Assert.Same(later[0], state.TryNext());
        Assert.Null(state.TryNext());
    }

    [Fact]
    public void Takes_nothing_back_when_it_closes_but_does_when_it_drains()
    {
        var state = Open();
        var burst = Enqueue(state, 3);
        state.TryGather(state.TryNext()!);

        state.Drain();
        Assert.True(state.TryPutBack(burst[2]));
        Assert.False(state.IsDrained);
        state.Close();

        Assert.False(state.TryPutBack(burst[1]));
    }

    private static ConnectionState Open(int maxInFlight = 1)
    {
        var state = new ConnectionState(maxInFlight);
        state.Opened();
        return state;
    }

    private Exchange[] Enqueue(ConnectionState state, int count)
    {
        var messages = Enumerable.Range(0, count)
            .Select(n => Exchange.OfFrame(_channel, binary: n % 2 == 1, Encoding.UTF8.GetBytes("{}"), 2)).ToArray();
        foreach (var message in messages)
            state.Enqueue(message);
        return messages;
    }

    private sealed class Ignoring : IEventHandler
    {
        public ValueTask HandleAsync(HubEvent hubEvent) => default;
    }
}
