namespace Pikku.Akka.Cluster;

/// <summary>How far the lanes between this node and the others have come. Written by the lanes, read by anybody.</summary>
internal sealed class HubLinks
{
    /// <summary>
    /// How many lanes there are between nodes. The same everywhere, or some would talk where nobody listens; so it is no setting. Four
    /// keep more cores busy than one network needs.
    /// </summary>
    public const int Lanes = 4;

    private readonly LinkState?[] _lanes = new LinkState?[Lanes];
    private readonly TaskCompletionSource _linked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all lanes were linked with all other nodes for the first time, in both directions.</summary>
    public Task Linked => _linked.Task;

    /// <summary>True while every full member that can be reached is linked in all lanes.</summary>
    public bool IsComplete => _lanes.All(lane => lane?.IsComplete == true);

    public IEnumerable<LinkState> All => _lanes.OfType<LinkState>();

    public void Update(LinkState state)
    {
        Volatile.Write(ref _lanes[state.Lane], state);
        if (IsComplete)
            _linked.TrySetResult();
    }
}
