namespace Pikku.Akka.Cluster;

/// <summary>
/// Decides which cluster a starting node joins, and whether it forms a new one. It asks the seeds and the members of its previous life. A cluster that answers is
/// joined. Only the first seed forms a new cluster, and not while a majority of the members of its previous life may still be a cluster that it can't reach.
/// Nodes are named by host and port. Not thread-safe: the actor owns it.
/// </summary>
/// <param name="self">The name of this node.</param>
/// <param name="seeds">The setting <c>pikku.cluster.seeds</c>.</param>
/// <param name="remembered">The members of the cluster when this node last was a member of it; empty when it does not know them.</param>
/// <param name="wait">How long the first seed waits for answers before it forms a new cluster (<c>akka.cluster.seed-node-timeout</c>).</param>
/// <param name="now">The current time in milliseconds.</param>
internal sealed class ClusterSearch(string self, IReadOnlyList<string> seeds, IReadOnlyList<string> remembered, TimeSpan wait, long now)
{
    private readonly long _start = now;
    private readonly string[] _others = [.. remembered.Where(node => node != self).Distinct(StringComparer.Ordinal)];
    private readonly HashSet<string> _contacts = new(seeds.Concat(remembered).Where(node => node != self), StringComparer.Ordinal);
    private readonly Dictionary<string, (string[] Members, long At)> _answers = new(StringComparer.Ordinal);

    /// <summary>The nodes to ask.</summary>
    public IReadOnlyCollection<string> Contacts => _contacts;

    // A node without seeds is its own seed.
    private bool MayForm => seeds.Count == 0 || seeds[0] == self;

    /// <summary>Handles a message of a node that this node has not asked, such as a member that does not know yet that this node has restarted.</summary>
    public void Heard(string node)
    {
        if (node != self)
            _contacts.Add(node);
    }

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
        // Of the remembered members, those that search for a cluster have none. If these are the majority, the rest is not a cluster either, because the resolver
        // would have shut it down.
        if (!MayForm || (_others.Length > 0 && 2 * (1 + _others.Count(answered.Contains)) <= 1 + _others.Length))
            return ClusterChoice.Wait;
        return _contacts.All(answered.Contains) || now - _start >= wait.TotalMilliseconds ? ClusterChoice.Form : ClusterChoice.Wait;
    }

    /// <summary>Why the node still waits; null while that is normal.</summary>
    /// <param name="now">The current time in milliseconds.</param>
    /// <param name="file">The file with the remembered members; null when there is none.</param>
    public string? Problem(long now, string? file)
    {
        if (now - _start < wait.TotalMilliseconds)
            return null;
        var answered = Answers(now).Select(answer => answer.Node).ToHashSet(StringComparer.Ordinal);
        if (!MayForm)
            return $"The node has not found its cluster: of {string.Join(", ", _contacts.Order(StringComparer.Ordinal))}, none is a member of a cluster. Only the first seed, {seeds[0]}, forms a new one.";
        var missing = _others.Where(node => !answered.Contains(node)).Order(StringComparer.Ordinal);
        return $"The node was a member of a cluster with {string.Join(", ", _others.Order(StringComparer.Ordinal))}, and does not form a second one while these nodes do not answer: "
            + $"{string.Join(", ", missing)}. Check the network and start these nodes. If they are gone for good, delete {file} and restart this node.";
    }

    // An answer that is older than the wait says nothing about the present.
    private (string Node, string[] Members)[] Answers(long now) =>
        [.. _answers.Where(answer => now - answer.Value.At <= wait.TotalMilliseconds).Select(answer => (answer.Key, answer.Value.Members))];
}
