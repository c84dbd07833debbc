namespace Pikku.Akka.Sessions;

/// <summary>Keeps sessions in the memory of this node, bounded in number and in the time without use. Other stores implement <see cref="IPikkuSessionStore"/>.</summary>
/// <param name="capacity">The most sessions; beyond it, the least recently used ones are dropped.</param>
/// <param name="lifetime">How long a session is kept after its last use.</param>
/// <param name="clock">Measures the lifetime.</param>
internal sealed class MemorySessionStore(int capacity, TimeSpan lifetime, TimeProvider clock) : IPikkuSessionStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];

    public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(userId, out var node))
                return ValueTask.FromResult<IPikkuSession?>(null);
            Remove(node);
            if (IsUnused(node.Value) || node.Value.Session.ExpiresAt <= clock.GetUtcNow())
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
            // All sessions have the same lifetime, so the unused ones are at the end.
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
        _entries[userId] = _byUse.AddFirst(new Entry(userId, session, clock.GetTimestamp()));

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.UserId);
    }

    private bool IsUnused(Entry entry) => clock.GetElapsedTime(entry.UsedAt) >= lifetime;

    private readonly record struct Entry(string UserId, IPikkuSession Session, long UsedAt);
}
