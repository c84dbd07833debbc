using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Sessions;

public sealed class SessionHolderSpec
{
    private readonly ManualTime _clock = new();
    private readonly SessionHolder _holder;

    public SessionHolderSpec() => _holder = new SessionHolder(_clock);

    [Fact]
    [Trait("Rule", "G1")]
    public void Shows_the_session_that_was_set_last()
    {
        Assert.Null(_holder.Current);

        Assert.True(_holder.TrySet(new TestSession("ann"), _holder.Epoch));
        Assert.True(_holder.TrySet(new TestSession("bob"), _holder.Epoch));

        Assert.Equal("bob", _holder.Current?.UserId);
    }

    [Fact]
    [Trait("Rule", "G1")]
    public void Shows_no_session_after_it_was_ended()
    {
        _holder.TrySet(new TestSession("ann"), _holder.Epoch);

        var (ended, _) = _holder.Clear();

        Assert.Equal("ann", ended?.UserId);
        Assert.Null(_holder.Current);
        Assert.Null(_holder.Clear().Ended);
    }

    [Fact]
    [Trait("Rule", "G2")]
    public void Refuses_the_session_of_a_message_that_began_before_another_one_ended_it()
    {
        var before = _holder.Epoch;
        _holder.TrySet(new TestSession("ann"), before);
        var (_, after) = _holder.Clear();

        Assert.False(_holder.TrySet(new TestSession("ann"), before));
        Assert.Null(_holder.Current);
        Assert.True(_holder.TrySet(new TestSession("bob"), after));
    }

    [Fact]
    [Trait("Rule", "G2")]
    public async Task Never_shows_an_ended_session_again_with_concurrent_threads()
    {
        for (var round = 0; round < 2_000; round++)
        {
            var epoch = _holder.Epoch;
            using var start = new Barrier(2);
            var setting = Task.Run(() =>
            {
                start.SignalAndWait();
                return _holder.TrySet(new TestSession("stale"), epoch);
            });

            start.SignalAndWait();
            _holder.Clear();
            await setting;

            Assert.Null(_holder.Current);
        }
    }

    [Fact]
    public void Shows_no_session_after_its_expiry()
    {
        _holder.TrySet(new TestSession { ExpiresAt = _clock.GetUtcNow() + TimeSpan.FromSeconds(10) }, _holder.Epoch);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.NotNull(_holder.Current);
        Assert.False(_holder.IsExpired);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(_holder.Current);
        Assert.True(_holder.IsExpired);
    }

    [Fact]
    public void Removes_only_an_expired_session()
    {
        _holder.TrySet(new TestSession("ann"), _holder.Epoch);
        _holder.ClearExpired();
        Assert.NotNull(_holder.Current);

        _holder.TrySet(new TestSession { ExpiresAt = _clock.GetUtcNow() }, _holder.Epoch);
        _holder.ClearExpired();

        Assert.False(_holder.IsExpired);
    }

    [Fact]
    public void Allows_a_message_to_renew_a_session_that_expired_while_it_ran()
    {
        var epoch = _holder.Epoch;
        _holder.TrySet(new TestSession { ExpiresAt = _clock.GetUtcNow() }, epoch);
        _holder.ClearExpired();

        Assert.True(_holder.TrySet(new TestSession("ann"), epoch));
        _holder.ClearExpired();
        Assert.Equal("ann", _holder.Current?.UserId);
    }
}
