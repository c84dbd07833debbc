using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Distributed;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Keeps sessions in the <see cref="IDistributedCache"/> of the application, such as Redis. A session is one entry with the lifetime of the store; the cache extends it
/// when it is read. When the cache fails or does not answer in time, the caller gets a <see cref="ServiceUnavailableError"/>, and never a user without a session.
/// </summary>
/// <remarks>
/// A distributed cache has no compare-and-swap, so an update can't be made conditional on the last clear. Two entries and the order of the operations replace it:
/// <code>
///   clear                         update
///   1. write a new mark           1. write the session
///   2. remove the session         2. read the mark: when it is not that of the login, remove the session, and fail
/// </code>
/// Either the update reads the mark after the clear has written it, and removes its own session. Or it reads the mark before; then it has written the session before,
/// and the clear, which removes after it has written the mark, removes it. That holds for a cache whose operations have one order, such as one primary of Redis, and not
/// for reads from replicas that lag behind. The update also reads the mark before it writes, so that it removes nothing that a login after the clear has stored,
/// unless all of them happen within these few round trips: the session of that login is lost then, and stored again when it changes.
/// </remarks>
/// <param name="cache">The cache.</param>
/// <param name="options">Its limits.</param>
/// <param name="json">The JSON options of the application.</param>
/// <param name="clock">Measures the timeout.</param>
/// <param name="log">Logs failures.</param>
/// <param name="metrics">Counts failures.</param>
/// <param name="background">Observes operations that nobody waits for any more.</param>
internal sealed class CachedSessionStore(
    IDistributedCache cache, SessionCacheOptions options, JsonSerializerOptions json, TimeProvider clock, PikkuLog log, SessionMetrics metrics,
    BackgroundTasks background) : IFencedSessionStore
{
    private readonly LogInterval _failures = new(clock);
    private readonly LogInterval _unreadable = new(clock);

    public async ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken)
    {
        var value = await RunAsync("get", token => cache.GetAsync(SessionKey(userId), token), cancellationToken);
        if (value is null)
            return null;
        if (SessionText.Parse(Encoding.UTF8.GetString(value), json) is { } session)
            return session.ExpiresAt <= clock.GetUtcNow() ? null : session;
        if (_unreadable.IsDue(1, out var count))
            log.SessionsNotRead(count);
        return null;
    }

    public async ValueTask<(IPikkuSession? Session, SessionFence Fence)> OpenAsync(string userId, CancellationToken cancellationToken)
    {
        // The mark first: a clear between the two must not let the session that it removes count as one that knows it.
        var fence = await FenceOfAsync(userId, cancellationToken);
        return (await GetAsync(userId, cancellationToken), fence);
    }

    public async ValueTask<SessionFence> FenceOfAsync(string userId, CancellationToken cancellationToken) =>
        await MarkOfAsync(userId, cancellationToken) ?? SessionFence.None;

    public async ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken) =>
        await SetAsync(userId, session, await FenceOfAsync(userId, cancellationToken), cancellationToken);

    public async ValueTask SetAsync(string userId, IPikkuSession session, SessionFence fence, CancellationToken cancellationToken)
    {
        var value = Encoding.UTF8.GetBytes(SessionText.Of(session, json));
        await DemandAsync(userId, fence, cancellationToken);
        if (session.ExpiresAt <= clock.GetUtcNow())
        {
            await RemoveAsync(userId, cancellationToken); // a cache refuses an entry that has expired
            return;
        }

        var lifetime = new DistributedCacheEntryOptions { SlidingExpiration = options.Lifetime, AbsoluteExpiration = session.ExpiresAt };
        await RunAsync("set", token => cache.SetAsync(SessionKey(userId), value, lifetime, token), cancellationToken);
        try
        {
            await DemandAsync(userId, fence, cancellationToken);
        }
        catch (InvalidSessionError)
        {
            // The caller may be gone. The session must not stay.
            await RemoveAsync(userId, CancellationToken.None);
            throw;
        }
    }

    public ValueTask ClearAsync(string userId, CancellationToken cancellationToken) => ClearAsync(userId, endsLogins: true, cancellationToken);

    public async ValueTask ClearAsync(string userId, bool endsLogins, CancellationToken cancellationToken)
    {
        if (endsLogins)
        {
            var mark = RandomNumberGenerator.GetBytes(sizeof(ulong));
            var lifetime = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = SessionFence.RememberedFor };
            await RunAsync("set", token => cache.SetAsync(MarkKey(userId), mark, lifetime, token), cancellationToken);
        }

        await RemoveAsync(userId, cancellationToken);
    }

    private string SessionKey(string userId) => $"{options.KeyPrefix}session:{userId}";

    private string MarkKey(string userId) => $"{options.KeyPrefix}cleared:{userId}";

    private async Task<SessionFence?> MarkOfAsync(string userId, CancellationToken cancellationToken) =>
        await RunAsync("get", token => cache.GetAsync(MarkKey(userId), token), cancellationToken) is { Length: sizeof(ulong) } mark
            ? new SessionFence(0, BinaryPrimitives.ReadUInt64LittleEndian(mark))
            : null;

    private async Task DemandAsync(string userId, SessionFence fence, CancellationToken cancellationToken)
    {
        // No mark: the user was not cleared, or so long ago that no session from before exists any more.
        if (await MarkOfAsync(userId, cancellationToken) is { } mark && mark != fence)
            throw SessionCleared.Error();
    }

    private async Task RemoveAsync(string userId, CancellationToken cancellationToken) =>
        await RunAsync("remove", token => cache.RemoveAsync(SessionKey(userId), token), cancellationToken);

    private Task<bool> RunAsync(string operation, Func<CancellationToken, Task> work, CancellationToken cancellationToken) => RunAsync(
        operation,
        async token =>
        {
            await work(token);
            return true;
        },
        cancellationToken);

    private async Task<T> RunAsync<T>(string operation, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<T>? task = null;
        try
        {
            task = work(end.Token);
            return await task.WaitAsync(options.Timeout, clock, cancellationToken);
        }
        catch (Exception e)
        {
            await end.CancelAsync();
            if (task is { IsCompleted: false })
                background.Observe(task, "An operation of the distributed cache"); // not every cache observes the token
            if (cancellationToken.IsCancellationRequested)
                throw;
            metrics.CacheFailed(operation);
            if (_failures.IsDue(1, out var count))
                log.SessionCacheFailed(operation, count, e);
            throw new ServiceUnavailableError(
                e is TimeoutException
                    ? $"The distributed cache of the sessions did not answer within pikku.session.cache-timeout = {options.Timeout}."
                    : "The distributed cache of the sessions failed.",
                e);
        }
    }
}
