using Pikku.Akka.Connections;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

public sealed class MessageRateSpec
{
    private readonly ManualTime _clock = new();

    [Fact]
    public void Accepts_a_burst_and_refuses_the_next_message()
    {
        var rate = Rate(perSecond: 1, burst: 10);

        Assert.Equal(10, Taken(rate, 11));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(19)]
    [InlineData(105)]
    [InlineData(1000)]
    public void Accepts_the_configured_rate_in_the_long_run(int perSecond)
    {
        var rate = Rate(perSecond, burst: 5);
        Taken(rate, 5);

        var taken = 0;
        for (var tick = 0; tick < 10_000; tick++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            taken += Taken(rate, 3);
        }

        Assert.InRange(taken, perSecond * 10 - 1, perSecond * 10 + 1);
    }

    [Fact]
    public void Saves_no_more_than_a_burst()
    {
        var rate = Rate(perSecond: 100, burst: 5);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(5, Taken(rate, 100));
    }

    [Fact]
    public void Charges_a_violation_the_configured_cost_or_the_remaining_tokens()
    {
        var rate = Rate(perSecond: 1, burst: 10, violation: 4);

        Assert.True(rate.TryTake(_clock.GetTimestamp()));
        rate.TakeForViolation();
        Assert.True(rate.TryTake(_clock.GetTimestamp()));
        rate.TakeForViolation();
        Assert.True(rate.TryTake(_clock.GetTimestamp()));
        rate.TakeForViolation();
        Assert.False(rate.TryTake(_clock.GetTimestamp()));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rate.TryTake(_clock.GetTimestamp()));
    }

    [Fact]
    public void Is_persistently_exceeded_after_a_burst_of_refusals_in_a_row()
    {
        var rate = Rate(perSecond: 1, burst: 5);
        Taken(rate, 10);
        Assert.False(rate.IsPersistentlyExceeded);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Taken(rate, 6));
        Assert.False(rate.IsPersistentlyExceeded);
        Taken(rate, 1);

        Assert.True(rate.IsPersistentlyExceeded);
    }

    private MessageRate Rate(int perSecond, int burst, int violation = 1) => new(
        new LimitSettings
        {
            MessagesPerSecond = perSecond,
            MessageBurst = burst,
            ViolationCost = violation,
            ControlFramesPerSecond = 1,
            ConnectionsPerNode = 1,
            ConnectionsPerAddress = 1,
            Ipv6Prefix = 1,
            SubscriptionsPerConnection = 1,
        },
        _clock);

    private int Taken(MessageRate rate, int messages) => Enumerable.Range(0, messages).Count(_ => rate.TryTake(_clock.GetTimestamp()));
}
