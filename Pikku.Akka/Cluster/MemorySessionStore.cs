using Pikku.Akka.Sessions;

namespace Pikku.Akka.Cluster;

/// <summary>Keeps sessions in the memory of this node, bounded in number and in the time without use. Other stores implement <see cref="IPikkuSessionStore"/>.</summary>
/// <remarks>
/// A clear is remembered for <see cref="SessionFence.RememberedFor"/>, and meanwhile a session that was computed before it is refused: a function may have read the session, and
/// store a changed one after the user has logged out on another connection.
/// </remarks>
/// <param name="capacity">The most sessions; beyond it, the least recently used ones are dropped. As many clears are remembered.</param>
/// <param name="lifetime">How long a session is kept after its last use.</param>
/// <param name="clock">Measures the lifetime.</param>
internal sealed class MemorySessionStore(int capacity, TimeSpan lifetime, TimeProvider clock) : IFencedSessionStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];
    private readonly Dictionary<string, SessionFence> _clears = new(StringComparer.Ordinal);
    private readonly Queue<(string UserId, SessionFence Fence)> _clearsByAge = [];
    private ulong _clearCount;

    public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return ValueTask.FromResult(Use(userId));
    }

    public ValueTask<(IPikkuSession? Session, SessionFence Fence)> OpenAsync(string userId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return ValueTask.FromResult((Use(userId), FenceOf(userId)));
    }

    public ValueTask<SessionFence> FenceOfAsync(string userId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return ValueTask.FromResult(FenceOf(userId));
    }

    public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken)
    {
        lock (_gate)
            return SetAsync(userId, session, FenceOf(userId), cancellationToken);
    }

    public ValueTask SetAsync(string userId, IPikkuSession session, SessionFence fence, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_clears.TryGetValue(userId, out var cleared) && cleared != fence)
                return ValueTask.FromException(SessionCleared.Error());
            if (_entries.TryGetValue(userId, out var before))
                Remove(before);
            Add(userId, session);
            // All sessions have the same lifetime, so the unused ones are at the end.
            while (_byUse.Last is { } last && (_entries.Count > capacity || IsUnused(last.Value)))
                Remove(last);
        }

        return default;
    }

    public ValueTask ClearAsync(string userId, CancellationToken cancellationToken) => ClearAsync(userId, endsLogins: true, cancellationToken);

    public ValueTask ClearAsync(string userId, bool endsLogins, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(userId, out var node))
                Remove(node);
            if (endsLogins)
                Remember(userId);
        }

        return default;
    }

    private IPikkuSession? Use(string userId)
    {
        if (!_entries.TryGetValue(userId, out var node))
            return null;
        Remove(node);
        if (IsUnused(node.Value) || node.Value.Session.ExpiresAt <= clock.GetUtcNow())
            return null;
        Add(userId, node.Value.Session);
        return node.Value.Session;
    }

    private SessionFence FenceOf(string userId) => _clears.GetValueOrDefault(userId) ?? SessionFence.None;

    private void Remember(string userId)
    {
        var fence = new SessionFence(clock.GetTimestamp(), ++_clearCount);
        _clears[userId] = fence;
        _clearsByAge.Enqueue((userId, fence));
        while (_clearsByAge.Count > capacity || clock.GetElapsedTime(_clearsByAge.Peek().Fence.Time) >= SessionFence.RememberedFor)
        {
            var (user, oldest) = _clearsByAge.Dequeue();
            if (_clears[user] == oldest)
                _clears.Remove(user);
        }
    }

    private void Add(string userId, IPikkuSession session) =>
        _entries[userId] = _byUse.AddFirst(new Entry(userId, session, clock.GetTimestamp()));

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.UserId);
    }

    private bool IsUnused(Entry entry) => clock.GetElapsedTime(entry.UsedAt) >= lifetime;

    private readonly record struct Entry(string UserId, IPikkuSession Session, long UsedAt);
}
