using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// A session store that every node has as a whole, and that needs no external server: the sessions are entries of keyed topics (rule T1). A read uses this node
/// only. A write completes when this node and all others that respond have it; a silent node receives it when it responds again, and a node that joins copies all
/// sessions before it is ready. The number and the size of sessions are limited, and unused sessions expire.
/// </summary>
/// <remarks>
/// Each session carries the last clear of its user that its login knew (<see cref="SessionFence"/>). Between two writes the one that knows the later clear wins,
/// and only between equals the later write. So a session that a node computes from an old one, while another node clears it, loses on every node, in whatever order the
/// two arrive: also if the update is the later one by the clock. A login on a node that the clear has not reached yet counts as before the clear.
/// </remarks>
internal sealed class ReplicatedSessionStore : IFencedSessionStore
{
    private readonly HubClient _client;
    private readonly StoreIndex _index;
    private readonly SessionSettings _settings;
    private readonly EventHubSettings _events;
    private readonly JsonSerializerOptions _json;
    private readonly TimeProvider _clock;
    private readonly PikkuLog _log;
    private readonly BackgroundTasks _background;
    private readonly LogInterval _unreadable;

    /// <param name="client">The lanes, and the sessions as they know them.</param>
    /// <param name="settings">The lifetime of sessions.</param>
    /// <param name="events">The limit of the size of a session, which travels as an event.</param>
    /// <param name="json">The JSON options of the application.</param>
    /// <param name="clock">Measures the time since a session was used.</param>
    /// <param name="log">Logs sessions that are dropped.</param>
    /// <param name="metrics">Counts them.</param>
    /// <param name="background">Observes writes that nobody waits for.</param>
    public ReplicatedSessionStore(
        HubClient client, SessionSettings settings, EventHubSettings events, JsonSerializerOptions json, TimeProvider clock, PikkuLog log, SessionMetrics metrics,
        BackgroundTasks background)
    {
        (_client, _settings, _events, _json, _clock, _log, _background) = (client, settings, events, json, clock, log, background);
        _unreadable = new LogInterval(clock);
        _index = client.Sessions ?? throw new UnreachableException("The hub of a node has an index of sessions.");
        var notice = new LogInterval(clock);
        _index.Dropped = count =>
        {
            metrics.Dropped(count);
            if (notice.IsDue(count, out var dropped))
                log.SessionsDropped(dropped, settings.StoreCapacity, settings.StoreMaxMemory);
        };
    }

    public async ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken) => (await OpenAsync(userId, cancellationToken)).Session;

    public async ValueTask<(IPikkuSession? Session, SessionFence Fence)> OpenAsync(string userId, CancellationToken cancellationToken)
    {
        // Before the start this node has no sessions yet.
        await StartedAsync(cancellationToken);
        if (_index.Find(userId) is not { } entry)
            return (null, SessionFence.None);
        var fence = FenceOf(entry);
        var left = _settings.StoreLifetime - TimeSpan.FromMilliseconds(_clock.GetMilliseconds() - entry.Time);
        if (entry.Value is not { } value || left <= TimeSpan.Zero)
            return (null, fence);
        if (SessionText.Parse(Encoding.UTF8.GetString(value), _json) is not { } session)
        {
            if (_unreadable.IsDue(1, out var count))
                _log.SessionsNotRead(count);
            return (null, fence);
        }

        if (session.ExpiresAt <= _clock.GetUtcNow())
            return (null, fence);
        // A session that is used stays alive. Its lifetime is not extended on each read, because each extension is a message to the other nodes.
        if (left < _settings.StoreLifetime / 2)
            _background.Observe(UseAsync(userId, entry), "Extending the lifetime of a stored session");
        return (session, fence);
    }

    public async ValueTask<SessionFence> FenceOfAsync(string userId, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        return FenceOf(_index.Find(userId));
    }

    public async ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken) =>
        await SetAsync(userId, session, await FenceOfAsync(userId, cancellationToken), cancellationToken);

    /// <exception cref="PayloadTooLargeError">The session does not fit into a message between nodes.</exception>
    public async ValueTask SetAsync(string userId, IPikkuSession session, SessionFence fence, CancellationToken cancellationToken)
    {
        // The session is serialized before anything else, so that an exception of the application's code changes nothing.
        var value = Encoding.UTF8.GetBytes(SessionText.Of(session, _json));
        var size = Encoding.UTF8.GetByteCount(userId) + value.Length;
        if (size > _events.MaxEventSize)
            throw new PayloadTooLargeError($"The session has {size} bytes; pikku.event-hub.max-event-size allows {_events.MaxEventSize}.");
        await StartedAsync(cancellationToken);
        var knows = StampOf(fence);
        ThrowIfCleared(userId, knows);
        await WriteAsync(new KeyedWrite(userId, value, null) { Base = knows }, isReplicatedToAll: true, cancellationToken);
        ThrowIfCleared(userId, knows); // a clear that has arrived meanwhile has overridden the session
    }

    public ValueTask ClearAsync(string userId, CancellationToken cancellationToken) => ClearAsync(userId, endsLogins: true, cancellationToken);

    public async ValueTask ClearAsync(string userId, bool endsLogins, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        var write = new KeyedWrite(userId, null, null) { Base = _index.Find(userId)?.Base ?? default, IsClear = endsLogins };
        await WriteAsync(write, isReplicatedToAll: true, cancellationToken);
    }

    private static SessionFence FenceOf(KeyedEntry? entry) =>
        entry is null || entry.Base == default ? SessionFence.None : new SessionFence(entry.Base.Time, entry.Base.Origin.Value);

    private static Stamp StampOf(SessionFence fence) => new(fence.Time, new Origin(fence.Id));

    private void ThrowIfCleared(string userId, Stamp knows)
    {
        if (_index.Find(userId) is { } entry && entry.Base > knows)
            throw SessionCleared.Error();
    }

    private Task StartedAsync(CancellationToken cancellationToken) => _client.Admits ? Task.CompletedTask : _client.StartedAsync(cancellationToken);

    // The same write again: where it is still the last one it counts as a use, and elsewhere it loses against the one that has replaced it.
    private Task UseAsync(string userId, KeyedEntry entry) => WriteAsync(
        new KeyedWrite(userId, entry.Value, null) { Stamp = entry.Stamp, Base = entry.Base }, isReplicatedToAll: false, CancellationToken.None);

    private async Task WriteAsync(KeyedWrite write, bool isReplicatedToAll, CancellationToken cancellationToken)
    {
        try
        {
            await _background.WaitAsync(_client.WriteAsync(_index, write, isReplicatedToAll).AsTask(), "Writing a stored session", cancellationToken);
        }
        catch (EventHubException e)
        {
            throw new ServiceUnavailableError("The session store of the cluster could not be changed.", e);
        }
    }
}
