using System.Buffers.Binary;
using System.Buffers.Text;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The text form of a node's incarnation, which is the prefix of the ids of its channels. The id of a channel therefore tells the node of the connection, and
/// no node needs a table of all connections.
/// </summary>
internal static class NodeId
{
    /// <summary>The length of four bytes in base64url, in characters.</summary>
    public const int Length = 6;

    public static string Of(int incarnation)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, incarnation);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The incarnation of the node of a channel; null when the id does not have the form of an id in a cluster.</summary>
    /// <param name="channelId">The id of the channel.</param>
    /// <param name="ownLength">The length of the random part of the id.</param>
    public static int? Of(string channelId, int ownLength)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        return channelId.Length == Length + ownLength
            && Base64Url.TryDecodeFromChars(channelId.AsSpan(0, Length), bytes, out var written) && written == sizeof(int)
            ? BinaryPrimitives.ReadInt32BigEndian(bytes)
            : null;
    }
}
