using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Decides which cluster a starting node joins, and whether it forms a new one. It asks the seeds and the members of its previous life. A cluster that answers is
/// joined. Only the first seed forms a new cluster, and not while a majority of the members of its previous life may still be a cluster that it can't reach.
/// Nodes are named by host and port. Not thread-safe: the actor owns it.
/// </summary>
/// <remarks>
/// Where nodes are discovered there is no first seed. Of the nodes that are found, the one with the lowest name forms a new cluster, and only if enough nodes are
/// found, the list has not changed for a while, and all of them answer that they have no cluster. A node with a lower name that this node has heard of counts as
/// well, so that of two nodes whose lists differ only one forms a cluster: each of them has asked the other one before it believes its answer.
/// </remarks>
/// <param name="self">The name of this node.</param>
/// <param name="seeds">The setting <c>pikku.cluster.seeds</c>.</param>
/// <param name="remembered">The members of the cluster when this node last was a member of it; empty when it does not know them.</param>
/// <param name="wait">How long the first seed waits for answers before it forms a new cluster (<c>akka.cluster.seed-node-timeout</c>).</param>
/// <param name="now">The current time in milliseconds.</param>
/// <param name="discovery">The settings of the discovery, whose results <see cref="Found"/> receives; null when the seeds are a setting.</param>
internal sealed class ClusterSearch(
    string self, IReadOnlyList<string> seeds, IReadOnlyList<string> remembered, TimeSpan wait, long now, DiscoverySettings? discovery = null)
{
    private readonly long _start = now;
    private readonly string[] _others = [.. remembered.Where(node => node != self).Distinct(StringComparer.Ordinal)];
    private readonly HashSet<string> _contacts = new(seeds.Concat(remembered).Where(node => node != self), StringComparer.Ordinal);
    private readonly Dictionary<string, (string[] Members, long At)> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _heard = new(StringComparer.Ordinal);
    private string[] _found = [];
    private long _foundAt = now;
    private string? _failure;

    /// <summary>The nodes to ask.</summary>
    public IReadOnlyCollection<string> Contacts => [.. _contacts.Union(_found, StringComparer.Ordinal).Where(node => node != self)];

    // A node without seeds is its own seed.
    private bool MayForm => seeds.Count == 0 || seeds[0] == self;

    /// <summary>Handles a message of a node that this node has not asked, such as a member that does not know yet that this node has restarted.</summary>
    public void Heard(string node, long now)
    {
        if (node == self)
            return;
        _contacts.Add(node);
        _heard[node] = now;
    }

    /// <summary>Handles the result of the discovery.</summary>
    /// <param name="nodes">The nodes that run.</param>
    /// <param name="now">The current time in milliseconds.</param>
    public void Found(IReadOnlyCollection<string> nodes, long now)
    {
        _failure = null;
        string[] found = [.. nodes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (found.SequenceEqual(_found))
            return;
        (_found, _foundAt) = (found, now);
    }

    /// <summary>Handles a failure of the discovery.</summary>
    public void NotFound(string reason) => _failure = reason;

    /// <summary>Handles the answer of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="members">The members of its cluster; empty when it is searching itself.</param>
    /// <param name="now">The current time in milliseconds.</param>
    public void Answered(string node, string[] members, long now) => _answers[node] = (members, now);

    /// <summary>What to do now.</summary>
    /// <param name="now">The current time in milliseconds.</param>
    public ClusterChoice Decide(long now)
    {
        var answers = Answers(now);
        var largest = answers.OrderByDescending(answer => answer.Members.Length).ThenBy(answer => answer.Node, StringComparer.Ordinal).FirstOrDefault();
        if (largest.Members is { Length: > 0 } members)
            return ClusterChoice.Join([.. answers.Where(answer => answer.Members.Length > 0 && members.Contains(answer.Node)).Select(answer => answer.Node).Order(StringComparer.Ordinal)]);

        var answered = answers.Select(answer => answer.Node).ToHashSet(StringComparer.Ordinal);
        if (discovery is not null)
            return MayFormDiscovered(discovery, answered, now) ? ClusterChoice.Form : ClusterChoice.Wait;
        // Of the remembered members, those that search for a cluster have none. If these are the majority, the rest is not a cluster either, because the resolver
        // would have shut it down.
        if (!MayForm || (_others.Length > 0 && 2 * (1 + _others.Count(answered.Contains)) <= 1 + _others.Length))
            return ClusterChoice.Wait;
        return _contacts.All(answered.Contains) || now - _start >= wait.TotalMilliseconds ? ClusterChoice.Form : ClusterChoice.Wait;
    }

    private bool MayFormDiscovered(DiscoverySettings settings, HashSet<string> answered, long now) =>
        _found.Length >= settings.RequiredNodes
        && now - _foundAt >= settings.StableFor.TotalMilliseconds
        && _found.Contains(self)
        && _found.All(node => node == self || answered.Contains(node))
        && _found.Concat(answered).Concat(_heard.Where(heard => now - heard.Value <= wait.TotalMilliseconds).Select(heard => heard.Key))
            .All(node => string.CompareOrdinal(self, node) <= 0);

    /// <summary>Why the node still waits; null while that is normal.</summary>
    /// <param name="now">The current time in milliseconds.</param>
    /// <param name="file">The file with the remembered members; null when there is none.</param>
    public string? Problem(long now, string? file)
    {
        if (now - _start < wait.TotalMilliseconds)
            return null;
        var answered = Answers(now).Select(answer => answer.Node).ToHashSet(StringComparer.Ordinal);
        if (discovery is not null)
            return now - _start < 2 * (wait + discovery.StableFor).TotalMilliseconds ? null : Undiscovered(discovery, answered);
        if (!MayForm)
            return $"The node has not found its cluster: of {string.Join(", ", _contacts.Order(StringComparer.Ordinal))}, none is a member of a cluster. Only the first seed, {seeds[0]}, forms a new one.";
        var missing = _others.Where(node => !answered.Contains(node)).Order(StringComparer.Ordinal);
        return $"The node was a member of a cluster with {string.Join(", ", _others.Order(StringComparer.Ordinal))}, and does not form a second one while these nodes do not answer: "
            + $"{string.Join(", ", missing)}. Check the network and start these nodes. If they are gone for good, delete {file} and restart this node.";
    }

    private string Undiscovered(DiscoverySettings settings, HashSet<string> answered)
    {
        if (_failure is not null)
            return $"The node has not found its cluster, because the discovery of nodes fails: {_failure}";
        var found = _found.Length == 0 ? "none" : string.Join(", ", _found);
        if (!_found.Contains(self))
            return $"The node has not found its cluster: this node, {self}, is not among the nodes that were found ({found}). Correct the selector of the discovery, or pikku.cluster.host and pikku.cluster.port, which have to be the address under which it is found.";
        if (_found.Length < settings.RequiredNodes)
            return $"The node has not found its cluster: {_found.Length} nodes were found ({found}), and none of them is a member of a cluster. A new cluster needs {settings.RequiredNodes} nodes (pikku.cluster.discovery.required-nodes). Start the others, or lower the setting on all nodes.";
        var missing = _found.Where(node => node != self && !answered.Contains(node)).ToArray();
        return missing.Length > 0
            ? $"The node has not found its cluster: of the nodes that were found ({found}), {string.Join(", ", missing)} did not answer. Check that they run and that this node reaches them on their port. A new cluster is formed when all of them answer that they have none."
            : $"The node has not found its cluster: none of the nodes that were found ({found}) is a member of one. The one with the lowest name forms it.";
    }

    // An answer that is older than the wait says nothing about the present.
    private (string Node, string[] Members)[] Answers(long now) =>
        [.. _answers.Where(answer => now - answer.Value.At <= wait.TotalMilliseconds).Select(answer => (answer.Key, answer.Value.Members))];
}
