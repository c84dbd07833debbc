namespace Pikku.Akka.Cluster;

/// <summary>
/// An encoded message for another node. The sender encodes it, not the transport: if a message can't be encoded or is too large, the sender receives an
/// exception, whereas the transport would only log an error.
/// </summary>
/// <param name="Kind">The kind of the message.</param>
/// <param name="Body">The members of the message without its <see cref="Request"/>.</param>
internal sealed record NodeFrame(WireKind Kind, byte[] Body)
{
    /// <summary>The id of the request, which the answer repeats.</summary>
    public RequestId Request { get; init; }

    /// <summary>The size of the message in a <see cref="NodeWindow"/>, in bytes. The receiver counts the same size, see <see cref="NodeMessage.Size"/>.</summary>
    public int Size => Body.Length;
}
