using System.Runtime.CompilerServices;
using Pikku.Akka.Cluster;
using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Sessions;

public sealed class MemorySessionStoreSpec
{
    private readonly ManualTime _clock = new();
    private readonly MemorySessionStore _store;

    public MemorySessionStoreSpec() => _store = new MemorySessionStore(3, TimeSpan.FromHours(1), _clock);

    [Fact]
    [Trait("Rule", "G3")]
    public async Task Returns_the_last_session_until_it_is_cleared()
    {
        Assert.Null(await GetAsync("ann"));

        await SetAsync("ann");
        var session = new TestSession("ann") { Scopes = ["b"] };
        await _store.SetAsync("ann", session, default);
        Assert.Same(session, await GetAsync("ann"));
        await _store.ClearAsync("ann", default);

        Assert.Null(await GetAsync("ann"));
    }

    [Fact, Trait("Rule", "G2")]
    public async Task A_session_that_was_computed_before_a_clear_is_refused_after_it()
    {
        await SetAsync("ann");
        var (old, login) = await _store.OpenAsync("ann", default);
        await _store.ClearAsync("ann", default);

        await Assert.ThrowsAsync<InvalidSessionError>(async () => await _store.SetAsync("ann", old!, login, default));
        Assert.Null(await GetAsync("ann"));

        await SetAsync("ann");
        var (session, later) = await _store.OpenAsync("ann", default);
        await _store.SetAsync("ann", session!, later, default);
        await Assert.ThrowsAsync<InvalidSessionError>(async () => await _store.SetAsync("ann", old!, login, default));
        Assert.Same(session, await GetAsync("ann"));
    }

    [Fact, Trait("Rule", "G2")]
    public async Task A_clear_that_ends_no_login_refuses_none()
    {
        var login = await _store.FenceOfAsync("ann", default);
        await _store.ClearAsync("ann", endsLogins: false, default);

        await _store.SetAsync("ann", new TestSession("ann"), login, default);

        Assert.NotNull(await GetAsync("ann"));
    }

    [Fact, Trait("Rule", "G2")]
    public async Task A_clear_is_remembered_for_its_time()
    {
        var login = await _store.FenceOfAsync("ann", default);
        await _store.ClearAsync("ann", default);
        _clock.Advance(SessionFence.RememberedFor - TimeSpan.FromSeconds(1));
        await _store.ClearAsync("bob", default);
        await Assert.ThrowsAsync<InvalidSessionError>(async () => await _store.SetAsync("ann", new TestSession("ann"), login, default));

        _clock.Advance(TimeSpan.FromSeconds(1));
        await _store.ClearAsync("cat", default);

        await _store.SetAsync("ann", new TestSession("ann"), login, default);
        await Assert.ThrowsAsync<InvalidSessionError>(async () => await _store.SetAsync("bob", new TestSession("bob"), login, default));
    }

    [Fact, Trait("Rule", "G2")]
    public async Task As_many_clears_are_remembered_as_there_may_be_sessions()
    {
        var login = await _store.FenceOfAsync("ann", default);
        foreach (var user in (string[])["ann", "bob", "cat", "dan"])
            await _store.ClearAsync(user, default);

        await _store.SetAsync("ann", new TestSession("ann"), login, default);
        await Assert.ThrowsAsync<InvalidSessionError>(async () => await _store.SetAsync("bob", new TestSession("bob"), login, default));
    }

    [Fact]
    public async Task Clears_a_user_without_a_session()
    {
        await _store.ClearAsync("nobody", default);

        Assert.Null(await GetAsync("nobody"));
    }

    [Fact]
    public async Task Drops_the_least_recently_used_sessions()
    {
        await SetAsync("ann");
        await SetAsync("bob");
        await SetAsync("cat");
        await GetAsync("ann");

        await SetAsync("dan");

        Assert.Null(await GetAsync("bob"));
        Assert.NotNull(await GetAsync("ann"));
        Assert.NotNull(await GetAsync("cat"));
        Assert.NotNull(await GetAsync("dan"));
    }

    [Fact]
    public async Task Keeps_the_newest_sessions()
    {
        for (var user = 0; user < 1000; user++)
        {
            await SetAsync($"user {user}");
            Assert.NotNull(await GetAsync($"user {user}"));
        }

        Assert.Equal(3, await CountAsync(users: 1000));
    }

    [Fact]
    public async Task Drops_a_session_that_was_not_used_for_its_lifetime()
    {
        await SetAsync("ann");
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(await GetAsync("ann"));
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(await GetAsync("ann"));

        _clock.Advance(TimeSpan.FromMinutes(60));

        Assert.Null(await GetAsync("ann"));
    }

    [Fact]
    public async Task Frees_the_memory_of_unused_sessions_when_others_are_set()
    {
        var ann = SetWeakly("ann");
        var bob = SetWeakly("bob");
        _clock.Advance(TimeSpan.FromHours(1));

        await SetAsync("cat");

        AssertCollected(ann);
        AssertCollected(bob);
    }

    [Fact]
    public async Task Drops_an_expired_session()
    {
        var ann = SetWeakly("ann", _clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        _clock.Advance(TimeSpan.FromSeconds(59));
        AssertPresent("ann");

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await GetAsync("ann"));
        AssertCollected(ann);
    }

    [Fact]
    public async Task Stays_within_its_capacity_when_many_threads_use_it()
    {
        await Parallel.ForAsync(0, 10_000, async (i, _) =>
        {
            await SetAsync($"user {i % 50}");
            await GetAsync($"user {(i + 1) % 50}");
            if (i % 7 == 0)
                await _store.ClearAsync($"user {i % 50}", default);
        });

        Assert.InRange(await CountAsync(users: 50), 0, 3);
    }

    private static void AssertCollected(WeakReference session)
    {
        GC.Collect();
        Assert.False(session.IsAlive);
    }

    // No caller holds the session, so only the store keeps it alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference SetWeakly(string user, DateTimeOffset? expiresAt = null)
    {
        var session = new TestSession(user) { ExpiresAt = expiresAt };
        Assert.True(_store.SetAsync(user, session, default).AsTask().IsCompletedSuccessfully);
        return new WeakReference(session);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AssertPresent(string user)
    {
        var getting = GetAsync(user).AsTask();
        Assert.True(getting.IsCompletedSuccessfully);
        Assert.NotNull(getting.Result);
    }

    private async Task<int> CountAsync(int users)
    {
        var count = 0;
        for (var user = 0; user < users; user++)
            count += await GetAsync($"user {user}") is null ? 0 : 1;
        return count;
    }

    private ValueTask SetAsync(string user) => _store.SetAsync(user, new TestSession(user), default);

    private ValueTask<IPikkuSession?> GetAsync(string user) => _store.GetAsync(user, default);
}
