namespace Pikku.Akka.Sessions;

/// <summary>Sessions in the memory of this node: bounded in number, forgotten when unused. Other stores implement <see cref="ISessionStore"/>.</summary>
/// <param name="capacity">How many are kept; those used longest ago make room.</param>
/// <param name="lifetime">How long one is kept after its last use.</param>
/// <param name="clock">Measures it; the system's when null.</param>
internal sealed class MemorySessionStore(int capacity, TimeSpan lifetime, TimeProvider? clock = null) : ISessionStore
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>How many are held; those that ended are among them until they are looked at or others need their room.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(userId, out var node))
                return ValueTask.FromResult<IPikkuSession?>(null);
            Remove(node);
            if (IsUnused(node.Value) || node.Value.Session.ExpiresAt <= _clock.GetUtcNow())
                return ValueTask.FromResult<IPikkuSession?>(null);
            Add(userId, node.Value.Session);
            return ValueTask.FromResult<IPikkuSession?>(node.Value.Session);
        }
    }

    public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(userId, out var before))
                Remove(before);
            Add(userId, session);
            // All live equally long after their use, so the unused ones stand at the end.
            while (_byUse.Last is { } last && (_entries.Count > capacity || IsUnused(last.Value)))
                Remove(last);
        }

        return default;
    }

    public ValueTask ClearAsync(string userId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(userId, out var node))
                Remove(node);
        }

        return default;
    }

    private void Add(string userId, IPikkuSession session) =>
        _entries[userId] = _byUse.AddFirst(new Entry(userId, session, _clock.GetTimestamp()));

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.UserId);
    }

    private bool IsUnused(Entry entry) => _clock.GetElapsedTime(entry.UsedAt) >= lifetime;

    private readonly record struct Entry(string UserId, IPikkuSession Session, long UsedAt);
}
