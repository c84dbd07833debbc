using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Sessions;

public sealed class WireSessionSpec
{
    private readonly SessionHolder _holder = new(TimeProvider.System);
    private readonly MemorySessionStore _store = new(100, TimeSpan.FromHours(1), new ManualTime());

    [Fact]
    [Trait("Rule", "G1")]
    public async Task Shows_the_current_session_in_this_call_and_in_others()
    {
        var (one, other) = (Wire(), Wire());

        await one.SetSession(new TestSession("ann"));
        Assert.Equal("ann", one.Session?.UserId);
        Assert.Equal("ann", other.Session?.UserId);
        await other.ClearSession();

        Assert.Null(one.Session);
        Assert.Null(other.Session);
    }

    [Fact]
    [Trait("Rule", "G3")]
    public async Task Stores_the_session_of_a_user_for_the_next_connection_until_it_is_ended()
    {
        var wire = Wire();

        await wire.SetSession(new TestSession("ann"));
        Assert.NotNull(await _store.GetAsync("ann", default));
        await wire.ClearSession();

        Assert.Null(await _store.GetAsync("ann", default));
    }

    [Fact]
    public async Task Does_not_store_a_session_without_a_user()
    {
        await Wire().SetSession(new TestSession(UserId: null));

        Assert.NotNull(_holder.Current);
        Assert.Equal(0, _store.Count);
    }

    [Fact]
    [Trait("Rule", "G2")]
    public async Task Refuses_to_restore_a_session_that_another_message_ended()
    {
        var (running, logout) = (Wire(), Wire());
        await running.SetSession(new TestSession("ann"));

        await logout.ClearSession();

        await Assert.ThrowsAsync<InvalidSessionError>(async () => await running.SetSession(new TestSession("ann")));
        Assert.Null(_holder.Current);
        Assert.Null(await _store.GetAsync("ann", default));
    }

    [Fact]
    [Trait("Rule", "G2")]
    public async Task Allows_the_message_that_ended_a_session_to_set_another_one()
    {
        var wire = Wire();
        await wire.SetSession(new TestSession("ann"));

        await wire.ClearSession();
        await wire.SetSession(new TestSession("bob"));

        Assert.Equal("bob", wire.Session?.UserId);
        Assert.Null(await _store.GetAsync("ann", default));
        Assert.NotNull(await _store.GetAsync("bob", default));
    }

    [Fact]
    public async Task Returns_the_session_as_the_type_of_the_application_or_refuses()
    {
        var wire = Wire();
        Assert.Throws<ForbiddenError>(wire.GetSession<TestSession>);

        await wire.SetSession(new TestSession("ann"));

        Assert.Equal("ann", wire.GetSession<TestSession>().UserId);
        Assert.Throws<ForbiddenError>(wire.GetSession<OtherSession>);
    }

    private Wire Wire() => new(new TestCall { Session = _holder, SessionStore = _store, ActionName = "test" });

    private sealed class OtherSession : IPikkuSession;
}
