using Pikku.Akka.Channels;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class BurstSpec
{
    private readonly TestConnection _connection = new TestNode(app => app.WireChannel("test", _ => { })).Connect();

    [Fact]
    public void Is_known_to_its_messages_none_of_which_has_begun()
    {
        var burst = Burst(2);

        burst.Exchanges[1].StartedAt = 5; // of an earlier burst, which left it
        burst.Join();

        Assert.All(burst.Exchanges, exchange => Assert.Same(burst, exchange.Burst));
        Assert.All(burst.Exchanges, exchange => Assert.Equal(0, exchange.StartedAt));
    }

    [Fact]
    public void Gives_one_message_after_another()
    {
        var burst = Burst(3);

        Assert.Same(burst.Exchanges[1], burst.Advance());
        Assert.Same(burst.Exchanges[2], burst.Advance());
        Assert.Equal(2, burst.Finished);
        Assert.Null(burst.Advance());
        Assert.Equal(3, burst.Finished);
    }

    [Fact]
    public void Is_short()
    {
        var clock = new ManualTime();
        var burst = Burst(2);
        burst.Exchanges[0].StartedAt = clock.GetTimestamp();

        clock.Advance(TimeSpan.FromMicroseconds(999));
        Assert.True(burst.HasTime(clock.GetTimestamp(), clock));
        clock.Advance(TimeSpan.FromMicroseconds(1));
        Assert.False(burst.HasTime(clock.GetTimestamp(), clock));
    }

    [Fact]
    public void Is_told_of_once_until_it_has_been_looked_at()
    {
        var burst = Burst(2);

        Assert.True(burst.TryTell());
        Assert.False(burst.TryTell());
        burst.Look();
        Assert.True(burst.TryTell());
    }

    [Fact]
    public void Knows_the_message_that_waits_for_something()
    {
        var burst = Burst(3);
        Assert.False(burst.IsSuspended);
        burst.Advance();

        burst.Suspend();

        Assert.True(burst.IsSuspended);
        Assert.Equal(1, burst.SuspendedAt);
        Assert.False(burst.HasEnded);
        burst.End();
        Assert.True(burst.HasEnded);
    }

    private Burst Burst(int count) => new([.. Enumerable.Range(0, count).Select(_ => _connection.Text("{}"))]);
}
