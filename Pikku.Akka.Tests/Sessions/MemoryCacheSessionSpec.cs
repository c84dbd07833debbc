using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Sessions;

/// <summary>Sessions in the framework's cache in memory, and what happens when a cache fails.</summary>
public sealed class MemoryCacheSessionSpec : CachedSessionStoreContract
{
    [Fact]
    public async Task A_cache_that_fails_is_an_error_that_is_logged_and_counted_and_never_a_user_without_a_session()
    {
        var store = Store(new BrokenCache(_ => Task.FromException<byte[]?>(new InvalidOperationException("The cache is down."))));

        await Assert.ThrowsAsync<ServiceUnavailableError>(async () => await store.GetAsync("ann", default));
        await Assert.ThrowsAsync<ServiceUnavailableError>(async () => await store.OpenAsync("ann", default));
        await Assert.ThrowsAsync<ServiceUnavailableError>(async () => await store.SetAsync("ann", new TestSession("ann"), default));
        await Assert.ThrowsAsync<ServiceUnavailableError>(async () => await store.ClearAsync("ann", default));

        Assert.Equal(4, Meters["pikku.session.cache_failures"]);
        Assert.Single(Log.Entries, entry => entry.Id.Id == 81); // an outage must not flood the log
    }

    [Fact]
    public async Task A_cache_that_does_not_answer_in_time_is_an_error()
    {
        var clock = new ManualTime();
        var answer = new TaskCompletionSource<byte[]?>();
        var store = Store(new BrokenCache(_ => answer.Task), clock: clock);

        var reading = store.GetAsync("ann", default).AsTask();
        clock.Advance(Patience.Long);

        var error = await Assert.ThrowsAsync<ServiceUnavailableError>(() => reading.Soon());
        Assert.Contains("pikku.session.cache-timeout", error.Message, StringComparison.Ordinal);
        answer.SetException(new InvalidOperationException("Too late."));
        Assert.Equal(1, Meters["pikku.background.failures"]);
    }

    [Fact]
    public async Task A_caller_that_has_gone_is_no_failure_of_the_cache()
    {
        using var gone = new CancellationTokenSource();
        var store = Store(new BrokenCache(token => Task.Delay(Timeout.Infinite, token).ContinueWith(_ => (byte[]?)null, token, TaskContinuationOptions.None, TaskScheduler.Default)));

        var reading = store.GetAsync("ann", gone.Token).AsTask();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Soon());
        Assert.Equal(0, Meters["pikku.session.cache_failures"]);
    }

    protected override Task<IDistributedCache> CacheAsync() =>
        Task.FromResult<IDistributedCache>(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));

    private sealed class BrokenCache(Func<CancellationToken, Task<byte[]?>> operation) : IDistributedCache
    {
        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => operation(token);

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) => operation(token);

        public Task RemoveAsync(string key, CancellationToken token = default) => operation(token);

        public Task RefreshAsync(string key, CancellationToken token = default) => operation(token);

        public byte[]? Get(string key) => throw new NotSupportedException();

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

        public void Refresh(string key) => throw new NotSupportedException();

        public void Remove(string key) => throw new NotSupportedException();
    }
}
