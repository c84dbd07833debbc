namespace Pikku.Akka.Clients;

/// <summary>The calls that have been sent and not been answered.</summary>
internal sealed class PikkuCalls(int maxUnnamed)
{
    private readonly object _gate = new();
    private readonly Dictionary<string, PikkuOutgoing> _named = new(StringComparer.Ordinal);
    private readonly Queue<PikkuOutgoing> _unnamed = new();

    /// <exception cref="InvalidOperationException">A call with this id is already open.</exception>
    public void Add(PikkuOutgoing call)
    {
        lock (_gate)
        {
            if (call.Id is null && _unnamed.Count >= maxUnnamed)
                throw new PikkuOfflineException("Too many messages without an id are waiting for an answer.");
            if (call.Id is null)
                _unnamed.Enqueue(call);
            else if (!_named.TryAdd(call.Id, call))
                throw new InvalidOperationException($"A message with the id {call.Id} is already waiting for an answer.");
        }
    }

    /// <summary>Removes and returns the call that an answer belongs to. An answer without an id belongs to the oldest call without
    /// one.</summary>
    public PikkuOutgoing? Take(string? id)
    {
        lock (_gate)
        {
            if (id is null)
                return _unnamed.TryDequeue(out var oldest) ? oldest : null;
            return _named.Remove(id, out var call) ? call : null;
        }
    }

    /// <summary>Returns the open call that an item of a stream belongs to.</summary>
    public PikkuOutgoing? Find(string id)
    {
        lock (_gate)
            return _named.TryGetValue(id, out var call) ? call : null;
    }

    /// <summary>Abandons a call. A call without an id keeps its place in the queue, because its answer still arrives.</summary>
    /// <returns>True if the call has an id and was open.</returns>
    public bool Abandon(PikkuOutgoing call)
    {
        lock (_gate)
            return call.Id is not null && _named.TryGetValue(call.Id, out var known) && known == call && _named.Remove(call.Id);
    }

    public void FailAll(Exception error)
    {
        PikkuOutgoing[] all;
        lock (_gate)
        {
            all = _named.Values.Concat(_unnamed).ToArray();
            _named.Clear();
            _unnamed.Clear();
        }

        foreach (var call in all)
            call.Fail(error);
    }
}
