namespace Pikku.Akka.Cluster;

/// <summary>
/// Counts the bytes of the messages between an actor of this node and the same actor of another node, in both directions. Each side reports how many bytes it
/// has sent and handled (<see cref="NodeMessage.Progress"/>). Messages that were sent before a report and have not arrived with it are lost; they count as
/// handled, so that they free their room in the window. Not thread-safe: the actor owns it.
/// </summary>
/// <param name="self">The incarnation of this node.</param>
/// <param name="node">The incarnation of the other node.</param>
/// <param name="max">The limit <c>pikku.cluster.max-unacknowledged-messages</c>, in bytes.</param>
internal sealed class NodeFlow(int self, int node, long max)
{
    // Frequent enough for the limit of the other node, which should have the same settings, and rare enough to have no measurable cost.
    private const int ProgressPerBound = 8;
    private const long MaxProgressEvery = 256 * 1024; // bytes

    private readonly long _progressEvery = Math.Min(MaxProgressEvery, max / ProgressPerBound);
    private long _sent;
    private long _handled;
    private long _reportedSent;
    private long _reportedHandled;

    /// <summary>True when the counts have changed since the last report.</summary>
    public bool HasNews => _sent != _reportedSent || _handled != _reportedHandled;

    /// <summary>Counts a message that is sent.</summary>
    public void Sent(int size) => _sent += size;

    /// <summary>Counts a message of the other node that was handled.</summary>
    /// <returns>True when a report is due.</returns>
    public bool Handled(int size)
    {
        _handled += size;
        return _handled - _reportedHandled >= _progressEvery;
    }

    /// <summary>Handles a report of the other node: everything that it has sent before is handled or lost.</summary>
    public void Receive(NodeMessage.Progress progress) => _handled = progress.Sent;

    /// <summary>Creates a report for the other node.</summary>
    public NodeFrame Progress()
    {
        (_reportedSent, _reportedHandled) = (_sent, _handled);
        return NodeWire.Encode(new NodeMessage.Progress(self, node, _sent, _handled));
    }
}
