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

    [Fact]
    [Trait("Rule", "Q3")]
    public void Renews_a_session_and_the_end_of_its_token()
    {
        var start = _clock.GetUtcNow();
        var holder = new SessionHolder(_clock, new TokenEnd(start, TimeSpan.FromSeconds(5)));
        holder.TrySet(new TestSession { ExpiresAt = start }, holder.Epoch);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(holder.IsExpired);

        var renewed = holder.Renew(new TestSession { ExpiresAt = start + TimeSpan.FromSeconds(9) }, new TokenEnd(start + TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(2)), holder.Epoch);

        Assert.Equal(SessionRenewal.Renewed, renewed);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(holder.IsExpired);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(holder.IsExpired);
    }

    [Fact]
    [Trait("Rule", "Q3")]
    public void Does_not_renew_a_session_with_that_of_another_user()
    {
        _holder.TrySet(new TestSession("ann") { ExpiresAt = _clock.GetUtcNow() }, _holder.Epoch);

        Assert.Equal(SessionRenewal.OtherUser, _holder.Renew(new TestSession("bob"), null, _holder.Epoch));
        _holder.ClearExpired();

        Assert.Equal(SessionRenewal.Renewed, _holder.Renew(new TestSession("bob"), null, _holder.Epoch));
    }

    [Fact]
    [Trait("Rule", "G2")]
    public void Does_not_renew_a_session_that_another_message_ended()
    {
        _holder.TrySet(new TestSession("ann"), _holder.Epoch);
        var epoch = _holder.Epoch;
        _holder.Clear();

        Assert.Equal(SessionRenewal.Ended, _holder.Renew(new TestSession("ann"), null, epoch));
        Assert.Null(_holder.Current);
    }

    [Fact]
    [Trait("Rule", "Q3")]
    public async Task Shows_no_expired_session_while_it_is_renewed()
    {
        // The first token has a long skew and the second has none, so the first session measured by the second token has expired.
        var now = _clock.GetUtcNow();
        var (skew, first, second) = (TimeSpan.FromHours(1), now, now + TimeSpan.FromMinutes(1));
        var holder = new SessionHolder(_clock, new TokenEnd(first, skew));
        holder.TrySet(new TestSession { ExpiresAt = first }, holder.Epoch);
        var renewing = Task.Run(() =>
        {
            for (var round = 0; round < 20_000; round++)
            {
                holder.Renew(new TestSession { ExpiresAt = second }, new TokenEnd(second, TimeSpan.Zero), holder.Epoch);
                holder.Renew(new TestSession { ExpiresAt = first }, new TokenEnd(first, skew), holder.Epoch);
            }
        });

        while (!renewing.IsCompleted)
        {
            Assert.False(holder.IsExpired);
            Assert.NotNull(holder.Current);
        }

        await renewing;
    }
}
