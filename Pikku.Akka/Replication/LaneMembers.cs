namespace Pikku.Akka.Replication;

/// <summary>The members of the cluster and the logs of all nodes, removed ones included, as one lane sees them. Not thread-safe: the lane owns it.</summary>
/// <param name="self">The unique id of this node in the cluster.</param>
internal sealed class LaneMembers(int self)
{
    private readonly Dictionary<int, LaneMember> _others = [];
    private readonly Dictionary<int, OriginLog> _logs = [];
    private readonly HashSet<int> _removed = [];

    /// <summary>The unique id of this node in the cluster.</summary>
    public int Self { get; } = self;

    /// <summary>The order in which this node has become Up, as <see cref="LaneMember.Age"/>.</summary>
    public long Age { get; private set; } = long.MaxValue;

    /// <summary>All members but this node.</summary>
    public IReadOnlyCollection<LaneMember> Others => _others.Values;

    /// <summary>The logs of all members and of the nodes that were removed a short time ago. That of this node is among them once it is ready.</summary>
    public IReadOnlyCollection<OriginLog> Logs => _logs.Values;

    /// <summary>True when this node is Up and older than all others that are.</summary>
    public bool IsOldest => Age != long.MaxValue && _others.Values.All(member => member.Age > Age);

    public LaneMember? Find(int node) => _others.GetValueOrDefault(node);

    public OriginLog? FindLog(int node) => _logs.GetValueOrDefault(node);

    /// <summary>True for this node and for every other member.</summary>
    public bool Contains(int node) => node == Self || _others.ContainsKey(node);

    /// <summary>Returns the log of a node, which is created when it is unknown.</summary>
    public OriginLog GetOrAddLog(int node, long? next)
    {
        if (!_logs.TryGetValue(node, out var log))
            _logs.Add(node, log = new OriginLog(node, next));
        return log;
    }

    /// <summary>Adds or updates a member.</summary>
    /// <param name="node">The unique id of the node in the cluster.</param>
    /// <param name="name">Its host and port.</param>
    /// <param name="age">As <see cref="LaneMember.Age"/>.</param>
    /// <param name="isReady">True when this node is ready.</param>
    public void Set(int node, string name, long age, bool isReady)
    {
        if (node == Self)
        {
            Age = age;
            return;
        }

        if (_removed.Contains(node))
            return;
        if (!_others.TryGetValue(node, out var member))
            _others.Add(node, member = new LaneMember(node, name));
        member.Age = age;
        // The log begins now, and not with the first batch: what is before the first batch that arrives is a hole, and a node that is removed before this node has
        // heard a word of it has a log that the others fill.
        GetOrAddLog(node, isReady ? 0 : null).ClosedAt = null;
    }

    /// <summary>Removes a member. Its log stays, so that the survivors can level out.</summary>
    public void Remove(int node, long now)
    {
        if (!_others.Remove(node))
            return;
        _removed.Add(node);
        if (FindLog(node) is { } log)
            log.ClosedAt = now;
    }

    /// <summary>True when a node was removed from the cluster.</summary>
    public bool IsRemoved(int node) => _removed.Contains(node);

    /// <summary>Forgets the logs of nodes that were removed a long time ago.</summary>
    public void Forget(long before)
    {
        foreach (var log in _logs.Values)
        {
            if (log.ClosedAt is { } closed && closed < before)
            {
                _logs.Remove(log.Node);
                _removed.Remove(log.Node);
            }
        }
    }

    /// <summary>For each node the sequence below which this node has delivered all batches.</summary>
    public List<(int Node, long Next)> Digest()
    {
        var digest = new List<(int, long)>(_logs.Count);
        foreach (var log in _logs.Values)
        {
            if (log.Next is { } next)
                digest.Add((log.Node, next));
        }

        return digest;
    }
}
