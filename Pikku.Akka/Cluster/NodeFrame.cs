namespace Pikku.Akka.Cluster;

/// <summary>
/// A message for another node, as bytes. It is encoded where it is made and not by the transport: what can't be encoded or is too large
/// is an error for the one who sends it, and not a line in a log.
/// </summary>
/// <param name="Kind">The kind of message.</param>
/// <param name="Body">The message without its <see cref="Request"/>.</param>
internal sealed record NodeFrame(WireKind Kind, byte[] Body)
{
    /// <summary>The request, for its answer.</summary>
    public RequestId Request { get; init; }

    /// <summary>What it counts for in a <see cref="NodeWindow"/>, in bytes; the receiver counts the same, see <see cref="NodeMessage.Size"/>.</summary>
    public int Size => Body.Length;
}
