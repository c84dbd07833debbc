using Pikku.Akka.Replication;

namespace Pikku.Akka.Cluster;

/// <summary>The states of the lanes between this node and the other nodes. The lanes update them. Thread-safe.</summary>
internal sealed class HubLinks
{
    private readonly LinkState?[] _lanes = new LinkState?[Lanes.Count];
    private readonly TaskCompletionSource _linked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all lanes are ready and linked with all other nodes in both directions for the first time.</summary>
    public Task Linked => _linked.Task;

    /// <summary>True while all lanes are ready, and linked with all reachable members with the status Up.</summary>
    public bool IsComplete => _lanes.All(lane => lane?.IsComplete == true);

    public IEnumerable<LinkState> All => _lanes.OfType<LinkState>();

    public void Update(LinkState state)
    {
        Volatile.Write(ref _lanes[state.Lane], state);
        if (IsComplete)
            _linked.TrySetResult();
    }
}
