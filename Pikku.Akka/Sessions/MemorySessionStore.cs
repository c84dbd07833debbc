using Microsoft.Extensions.Caching.Memory;

namespace Pikku.Akka.Sessions;

/// <summary>Sessions in the memory of this node: bounded in number, forgotten when unused. Other stores implement <see cref="ISessionStore"/>.</summary>
internal sealed class MemorySessionStore : ISessionStore, IDisposable
{
    private readonly MemoryCache _cache;
    private readonly TimeSpan _lifetime;

    /// <param name="capacity">How many sessions are kept; the least used ones go first.</param>
    /// <param name="lifetime">How long one is kept after its last use.</param>
    public MemorySessionStore(int capacity, TimeSpan lifetime)
    {
        _cache = new MemoryCache(new MemoryCacheOptions { SizeLimit = capacity });
        _lifetime = lifetime;
    }

    public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_cache.Get<IPikkuSession>(userId));

    public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken)
    {
        _cache.Set(userId, session, new MemoryCacheEntryOptions
        {
            Size = 1,
            SlidingExpiration = _lifetime,
            AbsoluteExpiration = session.ExpiresAt,
        });
        return default;
    }

    public ValueTask ClearAsync(string userId, CancellationToken cancellationToken)
    {
        _cache.Remove(userId);
        return default;
    }

    public void Dispose() => _cache.Dispose();
}
