using System.Text;
using Akka.Actor;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Encodes messages for other nodes. It immediately refuses a message that the transport would drop. Thread-safe.</summary>
/// <param name="frameSize"><c>akka.remote.dot-netty.tcp.maximum-frame-size</c>, in bytes.</param>
internal sealed class NodeEncoder(long frameSize)
{
    /// <summary>
    /// The overhead of the transport for a message, in bytes: the paths of both actors, each with a host name of up to 255 characters, the manifest and the
    /// length fields. The value is twice the maximum of these.
    /// </summary>
    public const int Envelope = 2 * 1024;

    /// <summary>The largest message, in bytes.</summary>
    public long MaxSize { get; } = frameSize - Envelope;

    /// <summary>Creates the encoder for the transport of an actor system.</summary>
    public static NodeEncoder Of(ActorSystem system) => new(SettingsLoader.FrameSizeOf(system.Settings.Config));

    /// <summary>Encodes a message.</summary>
    /// <exception cref="PayloadTooLargeError">The message does not fit into a frame between nodes.</exception>
    /// <exception cref="InvalidDataException">A text in the message is not valid Unicode.</exception>
    public NodeFrame Encode(NodeMessage message)
    {
        NodeFrame frame;
        try
        {
            frame = NodeWire.Encode(message);
        }
        catch (EncoderFallbackException e)
        {
            throw new InvalidDataException($"A text in the message '{NodeWire.KindOf(message.GetType()).Name}' to another node is not valid Unicode.", e);
        }

        return frame.Body.Length <= MaxSize
            ? frame
            : throw new PayloadTooLargeError(
                $"The message '{frame.Kind.Name}' to another node has {frame.Body.Length} bytes; {SettingsLoader.FrameSize} allows {MaxSize}.");
    }
}
