using Pikku.Akka.Connections;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

[Trait("Rule", "I6")]
public sealed class PulseMonitorSpec
{
    private readonly ManualTime _clock = new();
    private long _lastReceived;

    public PulseMonitorSpec() => _lastReceived = _clock.GetTimestamp();

    [Fact]
    public void Pings_after_the_interval_and_again_after_each_further_one()
    {
        var monitor = Monitor("10s", "1m");

        Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 9));
        Assert.Equal(Pulse.Ping, CheckAfter(monitor, seconds: 1));
        Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 9));
        Assert.Equal(Pulse.Ping, CheckAfter(monitor, seconds: 1));
    }

    [Fact]
    public void Counts_the_timeout_from_the_first_ping_that_was_not_answered()
    {
        var monitor = Monitor("10s", "25s");
        CheckAfter(monitor, seconds: 10);
        CheckAfter(monitor, seconds: 10);
        CheckAfter(monitor, seconds: 10);

        Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 4));
        Assert.Equal(Pulse.Dead, CheckAfter(monitor, seconds: 1));
    }

    [Fact]
    public void Accepts_any_received_byte_as_a_sign_of_life()
    {
        var monitor = Monitor("10s", "25s");
        CheckAfter(monitor, seconds: 10);
        _lastReceived = _clock.GetTimestamp() + 1;

        Assert.Equal(Pulse.Ping, CheckAfter(monitor, seconds: 24));
        Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 1));
    }

    [Fact]
    public void Does_not_ping_an_active_client()
    {
        var monitor = Monitor("10s", "25s");
        for (var i = 0; i < 100; i++)
        {
            _lastReceived = _clock.GetTimestamp();
            Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 9));
        }
    }

    [Fact]
    public void Pings_a_busy_client_and_expects_no_answer_until_it_is_idle()
    {
        var monitor = Monitor("60s", "10s");
        Assert.Equal(Pulse.Ping, CheckAfter(monitor, seconds: 60, busy: true));
        Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 59, busy: true));

        Assert.Equal(Pulse.Ping, CheckAfter(monitor, seconds: 1));
        Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 9));
        Assert.Equal(Pulse.Dead, CheckAfter(monitor, seconds: 1));
    }

    [Theory]
    [InlineData("infinite", "10s")]
    [InlineData("infinite", "infinite")]
    public void Never_pings_and_considers_no_client_dead_when_the_interval_is_infinite(string interval, string timeout)
    {
        var monitor = Monitor(interval, timeout);

        Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 0));
        Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 1_000_000));
        Assert.Equal(Pulse.Alive, CheckAfter(monitor, seconds: 1_000_000, busy: true));
    }

    [Fact]
    public void Continues_to_ping_when_only_the_timeout_is_infinite()
    {
        var monitor = Monitor("10s", "infinite");

        for (var i = 0; i < 100; i++)
            Assert.Equal(Pulse.Ping, CheckAfter(monitor, seconds: 10));
    }

    private PulseMonitor Monitor(string interval, string timeout) => new(
        SettingsLoader.Read(SettingsLoader.Load(null, [$"pikku.connection {{ ping-interval = {interval}, ping-timeout = {timeout} }}"])).Connection,
        _clock);

    private Pulse CheckAfter(PulseMonitor monitor, int seconds, bool busy = false)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        return monitor.Check(_lastReceived, busy);
    }
}
