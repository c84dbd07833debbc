namespace Pikku.Clients;

/// <summary>What was sent and is not answered yet.</summary>
internal sealed class PikkuCalls(int maxUnnamed)
{
    private readonly object _gate = new();
    private readonly Dictionary<string, PikkuOutgoing> _named = new(StringComparer.Ordinal);
    private readonly Queue<PikkuOutgoing> _unnamed = new();

    /// <exception cref="InvalidOperationException">One with this id is under way.</exception>
    public void Add(PikkuOutgoing call)
    {
        lock (_gate)
        {
            if (call.Id is null && _unnamed.Count >= maxUnnamed)
                throw new PikkuOfflineException("Too many messages without an id are under way.");
            if (call.Id is null)
                _unnamed.Enqueue(call);
            else if (!_named.TryAdd(call.Id, call))
                throw new InvalidOperationException($"A message with the id {call.Id} is under way.");
        }
    }

    /// <summary>Takes the call that an answer belongs to. One without an id belongs to the oldest that has none.</summary>
    public PikkuOutgoing? Take(string? id)
    {
        lock (_gate)
        {
            if (id is null)
                return _unnamed.TryDequeue(out var oldest) ? oldest : null;
            return _named.Remove(id, out var call) ? call : null;
        }
    }

    /// <summary>Gives a call up. One without an id keeps its place: its answer will come in its turn.</summary>
    public void Forget(PikkuOutgoing call)
    {
        lock (_gate)
        {
            if (call.Id is not null && _named.TryGetValue(call.Id, out var known) && known == call)
                _named.Remove(call.Id);
        }
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
