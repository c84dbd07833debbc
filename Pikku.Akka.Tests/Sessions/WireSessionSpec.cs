using Pikku.Akka.Cluster;
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

        await one.SetSessionAsync(new TestSession("ann"));
        Assert.Equal("ann", one.Session?.UserId);
        Assert.Equal("ann", other.Session?.UserId);
        await other.ClearSessionAsync();

        Assert.Null(one.Session);
        Assert.Null(other.Session);
    }

    [Fact]
    [Trait("Rule", "G3")]
    public async Task Stores_the_session_of_a_user_for_the_next_connection_until_it_is_ended()
    {
        var context = Wire();

        await context.SetSessionAsync(new TestSession("ann"));
        Assert.NotNull(await _store.GetAsync("ann", default));
        await context.ClearSessionAsync();

        Assert.Null(await _store.GetAsync("ann", default));
    }

    [Fact]
    public async Task Does_not_store_a_session_without_a_user()
    {
        var context = new PikkuContext(new TestCall { Session = _holder, SessionStore = new UnusedStore(), ActionName = "test" });

        await context.SetSessionAsync(new TestSession(UserId: null));

        Assert.NotNull(_holder.Current);
    }

    [Fact]
    [Trait("Rule", "G2")]
    public async Task Refuses_to_restore_a_session_that_another_message_ended()
    {
        var (running, logout) = (Wire(), Wire());
        await running.SetSessionAsync(new TestSession("ann"));

        await logout.ClearSessionAsync();

        await Assert.ThrowsAsync<InvalidSessionError>(async () => await running.SetSessionAsync(new TestSession("ann")));
        Assert.Null(_holder.Current);
        Assert.Null(await _store.GetAsync("ann", default));
    }

    [Fact]
    [Trait("Rule", "G2")]
    public async Task Allows_the_message_that_ended_a_session_to_set_another_one()
    {
        var context = Wire();
        await context.SetSessionAsync(new TestSession("ann"));

        await context.ClearSessionAsync();
        await context.SetSessionAsync(new TestSession("bob"));

        Assert.Equal("bob", context.Session?.UserId);
        Assert.Null(await _store.GetAsync("ann", default));
        Assert.NotNull(await _store.GetAsync("bob", default));
    }

    [Fact]
    public async Task Returns_the_session_as_the_type_of_the_application_or_refuses()
    {
        var context = Wire();
        Assert.Throws<ForbiddenError>(context.GetRequiredSession<TestSession>);

        await context.SetSessionAsync(new TestSession("ann"));

        Assert.Equal("ann", context.GetRequiredSession<TestSession>().UserId);
        Assert.Throws<ForbiddenError>(context.GetRequiredSession<OtherSession>);
    }

    private PikkuContext Wire() => new(new TestCall { Session = _holder, SessionStore = _store, ActionName = "test" });

    private sealed class OtherSession : IPikkuSession;

    /// <summary>A store that fails when it is used.</summary>
    private sealed class UnusedStore : IPikkuSessionStore
    {
        public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ClearAsync(string userId, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
