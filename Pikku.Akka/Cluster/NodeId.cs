using System.Buffers.Binary;
using System.Buffers.Text;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The incarnation of a node, as it stands in front of the ids of its channels: whoever has such an id knows where the connection is, and no
/// table of all connections has to be kept anywhere.
/// </summary>
internal static class NodeId
{
    /// <summary>Four bytes in base64url.</summary>
    public const int Length = 6;

    public static string Of(int incarnation)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, incarnation);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The node of a channel, when the id is as long as ids of a cluster are.</summary>
    /// <param name="channelId">The id.</param>
    /// <param name="ownLength">How long the part is that the node has made up.</param>
    public static int? Of(string channelId, int ownLength)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        return channelId.Length == Length + ownLength
            && Base64Url.TryDecodeFromChars(channelId.AsSpan(0, Length), bytes, out var written) && written == sizeof(int)
            ? BinaryPrimitives.ReadInt32BigEndian(bytes)
            : null;
    }
}
