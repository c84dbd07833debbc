namespace Pikku.Akka.Cluster;

/// <summary>A call of this node that connections of other nodes have received.</summary>
/// <param name="answer">Receives the outcomes of the nodes.</param>
internal sealed class OpenClientCall(FirstAnswer answer)
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _waiting = [];

    /// <summary>True when a client has reported that it has to ask its user, which stops the timeout.</summary>
    public bool IsPending { get; set; }

    /// <summary>The nodes that have not reported yet.</summary>
    public int[] Waiting
    {
        get
        {
            lock (_gate)
                return [.. _waiting];
        }
    }

    public void Add(int node)
    {
        answer.Add();
        lock (_gate)
            _waiting.Add(node);
    }

    /// <summary>Reports the outcome of a node once; a second report is ignored.</summary>
    public void Report(int node, ClientOutcome outcome)
    {
        lock (_gate)
        {
            if (!_waiting.Remove(node))
                return;
        }

        answer.Report(outcome);
    }
}
