using System.Text;
using Akka.Actor;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Encodes messages for other nodes, and refuses at once those that the transport would drop. Safe from any thread.</summary>
/// <param name="frameSize"><c>akka.remote.dot-netty.tcp.maximum-frame-size</c>, in bytes.</param>
internal sealed class NodeEncoder(long frameSize)
{
    /// <summary>
    /// What the transport puts around a message, in bytes: the paths of both actors, each with a host name of up to 255 characters, the manifest and
    /// the length fields. Twice what these can take.
    /// </summary>
    public const int Envelope = 2 * 1024;

    /// <summary>The largest message, in bytes.</summary>
    public long MaxSize { get; } = frameSize - Envelope;

    /// <summary>For the transport of a system.</summary>
    public static NodeEncoder Of(ActorSystem system) => new(SettingsLoader.FrameSizeOf(system.Settings.Config));

    /// <summary>Encodes a message.</summary>
    /// <exception cref="PayloadTooLargeError">It does not fit into a frame between nodes.</exception>
    /// <exception cref="InvalidDataException">A text in it is not valid Unicode.</exception>
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
