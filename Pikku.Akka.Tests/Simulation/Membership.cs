namespace Pikku.Akka.Tests.Simulation;

/// <summary>
/// The cluster's membership, as its own protocol gives it to the nodes: a joiner is Up when all members know it, and each member learns at another time that a
/// member was removed. Each life has its own id; a new life on an address ends the membership of the old one.
/// </summary>
internal sealed class Membership(SimulatedCluster cluster, Random random)
{
    private readonly Dictionary<int, long> _ages = [];
    private readonly HashSet<int> _members = [];
    private readonly HashSet<(int At, int Of)> _introduced = [];
    private readonly HashSet<(int At, int Of)> _removedAt = [];
    private long _nextAge;

    /// <summary>True for a node that is not removed.</summary>
    public bool Contains(int node) => _members.Contains(node);

    public SimulatedNode Join(int address)
    {
        foreach (var old in cluster.Nodes.Where(node => node.Address == address && _members.Contains(node.Id)).ToList())
            Remove(old, 0);
        var joiner = cluster.AddNode(address);
        _members.Add(joiner.Id);
        joiner.SetMember(joiner.Id, long.MaxValue);
        foreach (var member in cluster.Nodes.Where(node => node != joiner && _members.Contains(node.Id)).ToList())
        {
            joiner.SetMember(member.Id, _ages.GetValueOrDefault(member.Id, long.MaxValue));
            _introduced.Add((joiner.Id, member.Id));
            member.RunAfter(random.NextDouble(), () => Introduce(member, joiner));
        }

        joiner.Start();
        cluster.Scheduler.After(1 + random.NextDouble(), () => Up(joiner));
        return joiner;
    }

    /// <summary>Removes a member. The others learn it within a time.</summary>
    public void Remove(SimulatedNode node, double within = 3)
    {
        if (!_members.Remove(node.Id))
            return;
        foreach (var member in cluster.Nodes.Where(member => member.IsUp).ToList())
            member.RunAfter(random.Uniform(0, within), () => Forget(member, node));
    }

    /// <summary>Removes the nodes of a minority. Only the others learn it; the minority stops by itself some time later.</summary>
    public void Down(IReadOnlyList<SimulatedNode> minority)
    {
        foreach (var node in minority)
        {
            _members.Remove(node.Id);
            node.RunAfter(random.Uniform(0, 5), () => Stop(node));
            foreach (var member in cluster.Nodes.Where(member => member.IsUp && !minority.Contains(member)).ToList())
                member.RunAfter(random.Uniform(0, 3), () => Forget(member, node));
        }
    }

    /// <summary>The process dies. The others notice it after some time.</summary>
    public void Kill(SimulatedNode node)
    {
        Stop(node);
        cluster.Scheduler.After(Scale.Detection, () => Detect(node));
    }

    /// <summary>The process leaves the cluster in good order.</summary>
    public void Leave(SimulatedNode node)
    {
        if (node.IsUp)
            node.Lane.Flush();
        Stop(node);
        Remove(node, .5);
    }

    /// <summary>Removes a member that is dead or frozen.</summary>
    public void Detect(SimulatedNode node)
    {
        if (cluster.Network.Minority is not null)
            cluster.Scheduler.After(1, () => Detect(node));
        else if (!node.IsUp || node.IsPaused)
            Remove(node);
    }

    /// <summary>Ends a process.</summary>
    public void Stop(SimulatedNode node)
    {
        if (!node.IsUp)
            return;
        if (cluster.Tracer.IsText)
            cluster.Tracer.Line($"{node} ends");
        node.End();
        foreach (var connection in cluster.Connections.Where(connection => connection.IsAlive && connection.Node == node).ToList())
            connection.Client.Lose(connection);
    }

    private void Introduce(SimulatedNode member, SimulatedNode joiner)
    {
        if (!_removedAt.Contains((member.Id, joiner.Id)))
            member.SetMember(joiner.Id, _ages.GetValueOrDefault(joiner.Id, long.MaxValue));
        _introduced.Add((member.Id, joiner.Id));
    }

    private void Forget(SimulatedNode member, SimulatedNode node)
    {
        _removedAt.Add((member.Id, node.Id));
        member.Remove(node.Id);
    }

    private void Up(SimulatedNode joiner)
    {
        if (!_members.Contains(joiner.Id))
            return;
        if (cluster.Nodes.Any(node => node != joiner && node.IsUp && _members.Contains(node.Id) && !_introduced.Contains((node.Id, joiner.Id)))
            && cluster.Network.Minority is null)
        {
            cluster.Scheduler.After(.3, () => Up(joiner));
            return;
        }

        _ages[joiner.Id] = ++_nextAge;
        foreach (var member in cluster.Nodes.Where(node => node.IsUp && _members.Contains(node.Id)).ToList())
        {
            member.RunAfter(random.Uniform(0, .5), () =>
            {
                if (!_removedAt.Contains((member.Id, joiner.Id)))
                    member.SetMember(joiner.Id, _ages[joiner.Id]);
            });
        }
    }
}
