namespace Pikku.Akka.Cluster;

/// <summary>The states of the lanes between this node and the other nodes. The lanes update them. Thread-safe.</summary>
internal sealed class HubLinks
{
    /// <summary>
    /// The number of lanes between nodes. It has to be the same on all nodes, because otherwise some lanes would have no receiver, so it is not a setting. Four
    /// lanes can use more cores than one network connection requires.
    /// </summary>
    public const int Lanes = 4;

    private readonly LinkState?[] _lanes = new LinkState?[Lanes];
    private readonly TaskCompletionSource _linked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all lanes are linked with all other nodes in both directions for the first time.</summary>
    public Task Linked => _linked.Task;

    /// <summary>True while all reachable members with the status Up are linked in all lanes.</summary>
    public bool IsComplete => _lanes.All(lane => lane?.IsComplete == true);

    public IEnumerable<LinkState> All => _lanes.OfType<LinkState>();

    public void Update(LinkState state)
    {
        Volatile.Write(ref _lanes[state.Lane], state);
        if (IsComplete)
            _linked.TrySetResult();
    }
}
