namespace Pikku.Akka.Cluster;

/// <summary>
/// Counts the messages between an actor of this node and the same actor of another one, in both directions and in bytes. Each side tells the other how much it has
/// sent and handled (<see cref="NodeMessage.Progress"/>); what was sent before that and has not come is lost and takes no room any more. Not
/// thread-safe: the actor owns it.
/// </summary>
/// <param name="self">The incarnation of this node.</param>
/// <param name="node">The incarnation of the other node.</param>
/// <param name="max"><c>pikku.cluster.max-unacknowledged-messages</c>, in bytes.</param>
internal sealed class NodeFlow(int self, int node, long max)
{
    // Often enough for the bound of the other side, which should be the same as here, and seldom enough to cost nothing.
    private const int ProgressPerBound = 8;
    private const long MaxProgressEvery = 256 * 1024; // bytes

    private readonly long _progressEvery = Math.Min(MaxProgressEvery, max / ProgressPerBound);
    private long _sent;
    private long _handled;
    private long _toldSent;
    private long _toldHandled;

    /// <summary>True when the other side does not know yet how far this one has come.</summary>
    public bool HasNews => _sent != _toldSent || _handled != _toldHandled;

    /// <summary>A message is sent.</summary>
    public void Sent(int size) => _sent += size;

    /// <summary>A message of the other side was handled.</summary>
    /// <returns>True when it is time to tell it so.</returns>
    public bool Handled(int size)
    {
        _handled += size;
        return _handled - _toldHandled >= _progressEvery;
    }

    /// <summary>The other side tells how much it has sent.</summary>
    public void Receive(NodeMessage.Progress progress) => _handled = progress.Sent;

    /// <summary>What is to be told the other side.</summary>
    public NodeFrame Progress()
    {
        (_toldSent, _toldHandled) = (_sent, _handled);
        return NodeWire.Encode(new NodeMessage.Progress(self, node, _sent, _handled));
    }
}
