using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

public sealed class ConnectionStateSpec
{
    private readonly ConnectionState _state = new(maxInFlight: 2);

    [Fact]
    [Trait("Rule", "B8")]
    public void Gives_nothing_before_it_is_opened()
    {
        _state.Enqueue(Message());
        Assert.True(_state.Accepts);
        Assert.Null(_state.TryNext());

        _state.Opened();

        Assert.NotNull(_state.TryNext());
    }

    [Fact]
    [Trait("Rule", "B7")]
    public void Gives_messages_in_order_as_far_as_the_window_allows()
    {
        Exchange[] messages = [Message(), Message(), Message()];
        _state.Opened();
        foreach (var message in messages)
            _state.Enqueue(message);

        Assert.Same(messages[0], BeginNext());
        Assert.Same(messages[1], BeginNext());
        Assert.Null(BeginNext());
        Assert.True(_state.End(messages[0]));
        Assert.Same(messages[2], BeginNext());
    }

    [Fact]
    public void Ends_an_exchange_only_once()
    {
        var message = Message();
        _state.Begin(message);

        Assert.True(_state.End(message));
        Assert.False(_state.End(message));
    }

    [Fact]
    public void Is_drained_when_what_was_received_has_ended()
    {
        var message = Message();
        _state.Opened();
        _state.Enqueue(message);

        _state.Drain();
        Assert.False(_state.Accepts);
        Assert.False(_state.IsDrained);
        Assert.Same(message, BeginNext());
        Assert.False(_state.IsDrained);
        _state.End(message);

        Assert.True(_state.IsDrained);
    }

    [Fact]
    public void Begins_what_waited_for_onConnect_although_it_drains()
    {
        var connect = Exchange.OfLifecycle(_channel, ExchangeKind.Connect);
        var message = Message();
        _state.Begin(connect);
        _state.Enqueue(message);
        _state.Drain();
        Assert.Null(_state.TryNext());

        _state.End(connect);
        _state.Opened();

        Assert.Same(message, _state.TryNext());
    }

    [Fact]
    public void Gives_back_what_waits_when_it_closes_and_begins_nothing_more()
    {
        var message = Message();
        _state.Opened();
        _state.Enqueue(message);

        Assert.Equal([message], _state.Close());
        Assert.Empty(_state.Close());
        _state.Opened();
        _state.Enqueue(message);

        Assert.Null(_state.TryNext());
        Assert.False(_state.Accepts);
    }

    [Fact]
    [Trait("Rule", "I1")]
    public void Is_quiet_when_it_closes_and_nothing_is_under_way()
    {
        var message = Message();
        _state.Opened();
        _state.Begin(message);
        _state.Close();
        Assert.False(_state.IsQuiet);

        _state.End(message);
        Assert.True(_state.IsQuiet);
        _state.Disconnecting();
        Assert.False(_state.IsQuiet);

        _state.Ended();
        Assert.True(_state.IsEnded);
    }

    [Fact]
    public void Only_ever_goes_on()
    {
        _state.Ended();

        _state.Opened();
        _state.Drain();
        _state.Close();
        _state.Disconnecting();

        Assert.True(_state.IsEnded);
    }

    private readonly Connection _channel = new TestNode(app => app.WireChannel("test", _ => { })).Connect().Channel;

    private Exchange Message() => Exchange.OfLifecycle(_channel, ExchangeKind.Text);

    private Exchange? BeginNext()
    {
        var next = _state.TryNext();
        if (next is not null)
            _state.Begin(next);
        return next;
    }
}
