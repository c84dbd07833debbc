using Pikku.Akka.Connections;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

public sealed class ConnectionStateSpec
{
    private readonly ConnectionState _state = new();

    [Fact]
    [Trait("Rule", "B8")]
    public void Accepts_messages_before_it_is_open_and_starts_none()
    {
        Assert.True(_state.AcceptsMessages);
        Assert.False(_state.StartsMessages);

        _state.Open();

        Assert.True(_state.AcceptsMessages);
        Assert.True(_state.StartsMessages);
    }

    [Fact]
    public void Starts_received_messages_and_accepts_no_more_while_it_drains()
    {
        _state.Open();

        _state.Drain();

        Assert.False(_state.AcceptsMessages);
        Assert.True(_state.StartsMessages);
        Assert.True(_state.IsDraining);
    }

    [Fact]
    public void Starts_messages_that_waited_for_onConnect_even_if_it_drains()
    {
        _state.Drain();
        Assert.False(_state.StartsMessages);

        _state.Open();

        Assert.True(_state.StartsMessages);
        Assert.True(_state.IsDraining);
    }

    [Fact]
    public void Starts_no_more_messages_when_it_closes()
    {
        _state.Open();

        _state.Close();
        _state.Open();

        Assert.False(_state.StartsMessages);
        Assert.False(_state.AcceptsMessages);
        Assert.True(_state.IsClosing);
        Assert.True(_state.IsClosed);
    }

    [Fact]
    [Trait("Rule", "I1")]
    public void Runs_onDisconnect_once_between_closing_and_its_end()
    {
        _state.Close();
        Assert.True(_state.IsClosing);

        _state.BeginDisconnect();
        Assert.False(_state.IsClosing);
        Assert.True(_state.IsClosed);
        Assert.False(_state.IsEnded);

        _state.End();
        Assert.True(_state.IsEnded);
    }

    [Fact]
    public void Only_ever_advances()
    {
        _state.End();

        _state.Open();
        _state.Drain();
        _state.Close();
        _state.BeginDisconnect();

        Assert.True(_state.IsEnded);
    }
}
