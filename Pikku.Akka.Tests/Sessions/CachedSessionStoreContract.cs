using System.Text.Json;
using Microsoft.Extensions.Caching.Distributed;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Sessions;

/// <summary>Sessions in a distributed cache, whichever it is.</summary>
[Trait("Rule", "G3")]
public abstract class CachedSessionStoreContract
{
    internal RecordingMeters Meters { get; } = new();

    internal RecordingLog<PikkuLog> Log { get; } = new();

    [SkippableFact]
    public async Task Keeps_what_was_stored_last_until_it_is_cleared()
    {
        var store = Store(await CacheAsync());
        Assert.Null(await store.GetAsync("ann", default));

        await store.SetAsync("ann", new TestSession("ann"), default);
        await store.SetAsync("ann", new TestSession("ann") { IsReadOnly = true }, default);
        Assert.True((await store.GetAsync("ann", default))?.IsReadOnly);
        Assert.Null(await store.GetAsync("bob", default));

        await store.ClearAsync("ann", default);
        Assert.Null(await store.GetAsync("ann", default));
        await store.SetAsync("ann", new TestSession("ann"), default);
        Assert.NotNull(await store.GetAsync("ann", default));
    }

    [SkippableFact]
    public async Task Two_nodes_with_one_cache_see_each_others_sessions_and_two_applications_do_not()
    {
        var cache = await CacheAsync();
        var (here, there, other) = (Store(cache), Store(cache), Store(cache, "another:"));

        await here.SetAsync("ann", new TestSession("ann"), default);

        Assert.NotNull(await there.GetAsync("ann", default));
        Assert.Null(await other.GetAsync("ann", default));
    }

    [SkippableFact]
    public async Task Gives_no_session_whose_time_is_over()
    {
        var store = Store(await CacheAsync());
        await store.SetAsync("ann", new TestSession("ann") { ExpiresAt = DateTimeOffset.UtcNow.AddDays(1) }, default);
        Assert.NotNull(await store.GetAsync("ann", default));

        await store.SetAsync("ann", new TestSession("ann") { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) }, default);

        Assert.Null(await store.GetAsync("ann", default));
    }

    [SkippableFact, Trait("Rule", "G2")]
    public async Task A_session_that_was_computed_before_a_clear_is_refused_after_it()
    {
        var store = Store(await CacheAsync());
        await store.SetAsync("ann", new TestSession("ann"), default);
        var (old, login) = await store.OpenAsync("ann", default);
        await store.ClearAsync("ann", default);

        await Assert.ThrowsAsync<InvalidSessionError>(async () => await store.SetAsync("ann", old!, login, default));
        Assert.Null(await store.GetAsync("ann", default));

        await store.SetAsync("ann", new TestSession("ann") { IsReadOnly = true }, default);
        await Assert.ThrowsAsync<InvalidSessionError>(async () => await store.SetAsync("ann", old!, login, default));
        Assert.True((await store.GetAsync("ann", default))?.IsReadOnly);
    }

    [SkippableFact, Trait("Rule", "G2")]
    public async Task An_update_never_outlives_a_clear_that_another_node_makes_between_any_two_of_its_steps()
    {
        var cache = await CacheAsync();
        for (var step = 0; step < 4; step++)
        {
            var there = Store(cache);
            await there.SetAsync("ann", new TestSession("ann"), default);
            var (old, login) = await there.OpenAsync("ann", default);
            var here = Store(new SteppedCache(cache, step, () => there.ClearAsync("ann", default)));

            var error = await Record.ExceptionAsync(async () => await here.SetAsync("ann", old!, login, default));

            Assert.True(error is null or InvalidSessionError, error?.ToString());
            Assert.Equal(step < 3, error is not null);
            if (step == 3)
                await there.ClearAsync("ann", default); // the update was complete
            Assert.Null(await there.GetAsync("ann", default));
        }
    }

    [SkippableFact, Trait("Rule", "G2")]
    public async Task A_clear_removes_an_update_that_another_node_makes_between_any_two_of_its_steps()
    {
        var cache = await CacheAsync();
        for (var step = 0; step < 2; step++)
        {
            var there = Store(cache);
            await there.SetAsync("ann", new TestSession("ann"), default);
            var (old, login) = await there.OpenAsync("ann", default);
            var here = Store(new SteppedCache(cache, step, async () => { await Record.ExceptionAsync(async () => await there.SetAsync("ann", old!, login, default)); }));

            await here.ClearAsync("ann", default);

            Assert.Null(await there.GetAsync("ann", default));
        }
    }

    [SkippableFact]
    public async Task A_session_that_can_not_be_read_is_none_and_the_log_says_so()
    {
        var cache = await CacheAsync();
        var store = Store(cache);
        await cache.SetAsync("pikku:session:eve", "No.Such.Type, Of.An.Older.Version|{}"u8.ToArray(), new DistributedCacheEntryOptions());

        Assert.Null(await store.GetAsync("eve", default));
        Assert.Contains(Log.Entries, entry => entry.Id.Id == 82);
    }

    /// <summary>An empty cache.</summary>
    protected abstract Task<IDistributedCache> CacheAsync();

    internal CachedSessionStore Store(IDistributedCache cache, string prefix = "pikku:", TimeProvider? clock = null)
    {
        var log = new PikkuLog(Log);
        return new CachedSessionStore(
            cache, new SessionCacheOptions(prefix, TimeSpan.FromDays(7), Patience.Long), JsonSerializerOptions.Web, clock ?? TimeProvider.System, log,
            new SessionMetrics(Meters), new BackgroundTasks(log, new PikkuMetrics(Meters)));
    }

    /// <summary>A cache before one of whose operations something else happens.</summary>
    private sealed class SteppedCache(IDistributedCache cache, int step, Func<ValueTask> happens) : IDistributedCache
    {
        private int _operation;

        public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
        {
            await StepAsync();
            return await cache.GetAsync(key, token);
        }

        public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
        {
            await StepAsync();
            await cache.SetAsync(key, value, options, token);
        }

        public async Task RemoveAsync(string key, CancellationToken token = default)
        {
            await StepAsync();
            await cache.RemoveAsync(key, token);
        }

        public byte[]? Get(string key) => throw new NotSupportedException();

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

        public void Refresh(string key) => throw new NotSupportedException();

        public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

        public void Remove(string key) => throw new NotSupportedException();

        private ValueTask StepAsync() => _operation++ == step ? happens() : default;
    }
}
