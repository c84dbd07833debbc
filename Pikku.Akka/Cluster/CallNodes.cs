using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The other nodes that can run calls of this node, and the selection of the node for the next call. The object outlives a restart of the actor, so that
/// calls still find a node then. Not thread-safe: the actor owns it.
/// </summary>
internal sealed class CallNodes
{
    private readonly Dictionary<Address, CallNode> _nodes = [];
    private int _turn;

    public IReadOnlyCollection<CallNode> All => _nodes.Values;

    public CallNode? Find(Address address) => _nodes.GetValueOrDefault(address);

    /// <summary>Adds a member or updates its status. A node that was restarted with the same address has a new incarnation and counts as a new node.</summary>
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

    /// <summary>Removes a node that is not a member any more.</summary>
    public void Removed(Address address, int incarnation)
    {
        if (_nodes.TryGetValue(address, out var node) && node.Incarnation == incarnation)
        {
            _nodes.Remove(address);
            node.Window.Close();
        }
    }

    /// <summary>Removes all nodes that are not members any more.</summary>
    /// <param name="members">The incarnations of the current members.</param>
    /// <returns>The addresses of the removed nodes.</returns>
    public IReadOnlyList<Address> KeepOnly(IReadOnlySet<int> members)
    {
        var gone = _nodes.Where(node => !members.Contains(node.Value.Incarnation)).Select(node => (Address: node.Key, node.Value.Incarnation)).ToArray();
        foreach (var (address, incarnation) in gone)
            Removed(address, incarnation);
        return [.. gone.Select(node => node.Address)];
    }

    /// <summary>Selects the node for the next call of a role, round robin. A node whose link has failed is skipped until the link is restored.</summary>
    public CallNode? Next(string role)
    {
        var able = _nodes.Values.Where(node => node is { IsUp: true, IsReachable: true, IsLeaving: false } && node.Roles.Contains(role)).ToArray();
        return able.Length == 0 ? null : able[(int)((uint)_turn++ % (uint)able.Length)];
    }
}
