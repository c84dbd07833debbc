using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The other nodes of the calls between nodes, and which of them runs the next one. They outlive a restart of the actor, which must not look as if there were
/// none. Not thread-safe: the actor owns it.
/// </summary>
internal sealed class CallNodes
{
    private readonly Dictionary<Address, CallNode> _nodes = [];
    private int _turn;

    public IReadOnlyCollection<CallNode> All => _nodes.Values;

    public CallNode? Find(Address address) => _nodes.GetValueOrDefault(address);

    /// <summary>A node is a member, or its status has changed. One that came back under its address is a new one.</summary>
    public void Member(Address address, int incarnation, bool isUp, IReadOnlyCollection<string> roles, Func<CallNode> newNode)
    {
        if (!_nodes.TryGetValue(address, out var node) || node.Incarnation != incarnation)
        {
            node?.Window.Close();
            _nodes[address] = node = newNode();
        }

        node.IsUp = isUp;
        node.Roles = roles;
    }

    /// <summary>A node is not a member any more.</summary>
    public void Removed(Address address, int incarnation)
    {
        if (_nodes.TryGetValue(address, out var node) && node.Incarnation == incarnation)
        {
            _nodes.Remove(address);
            node.Window.Close();
        }
    }

    /// <summary>Keeps the nodes that are members now.</summary>
    /// <param name="members">Their incarnations.</param>
    /// <returns>The addresses of those that are not.</returns>
    public IReadOnlyList<Address> KeepOnly(IReadOnlySet<int> members)
    {
        var gone = _nodes.Where(node => !members.Contains(node.Value.Incarnation)).Select(node => (Address: node.Key, node.Value.Incarnation)).ToArray();
        foreach (var (address, incarnation) in gone)
            Removed(address, incarnation);
        return [.. gone.Select(node => node.Address)];
    }

    /// <summary>The node that runs the next call of a role: each in turn. One whose link has failed is left out until it is back.</summary>
    public CallNode? Next(string role)
    {
        var able = _nodes.Values.Where(node => node is { IsUp: true, IsReachable: true, IsLeaving: false } && node.Roles.Contains(role)).ToArray();
        return able.Length == 0 ? null : able[(int)((uint)_turn++ % (uint)able.Length)];
    }
}
