using System.IO.Compression;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>Inflates a message of a client (RFC 7692 §7.2.2). The client compresses each message for itself, because the server demands it, so no state is kept.</summary>
internal static class MessageInflater
{
    private const int Growth = 4; // the usual ratio of JSON; a message that is compressed better causes a few copies

    /// <summary>Inflates a message, up to a limit: a few bytes can stand for gigabytes.</summary>
    /// <param name="compressed">The compressed bytes.</param>
    /// <param name="maxMessage">The largest message, in bytes.</param>
    /// <param name="inflated">The message in a buffer from <see cref="MessageBuffers"/>, which the caller owns; null after a violation.</param>
    /// <param name="length">The length of the message.</param>
    /// <returns>The violation; null for none.</returns>
    public static FrameViolation? Inflate(ReadOnlyMemory<byte> compressed, int maxMessage, out byte[]? inflated, out int length)
    {
        using var input = new DeflateInput(compressed);
        using var inflate = new DeflateStream(input, CompressionMode.Decompress, leaveOpen: true);
        var limit = maxMessage + 1; // the byte above the limit shows that there is more
        var buffer = MessageBuffers.Rent((int)Math.Min((long)compressed.Length * Growth, limit));
        (inflated, length) = (null, 0);
        try
        {
            int count;
            while ((count = inflate.Read(buffer.AsSpan(length, Math.Min(buffer.Length, limit) - length))) > 0)
            {
                length += count;
                if (length == limit)
                    return Fail(FrameViolation.TooBig, buffer);
                if (length == buffer.Length)
                    Grow(ref buffer, length, limit);
            }
        }
        catch (InvalidDataException)
        {
            return Fail(FrameViolation.InvalidCompression, buffer);
        }

        if (!input.HasEndedWell)
            return Fail(FrameViolation.InvalidCompression, buffer);
        inflated = buffer;
        return null;
    }

    private static FrameViolation Fail(FrameViolation violation, byte[] buffer)
    {
        MessageBuffers.Return(buffer);
        return violation;
    }

    private static void Grow(ref byte[] buffer, int length, int limit)
    {
        var larger = MessageBuffers.Rent((int)Math.Min((long)length * Growth, limit));
        buffer.AsSpan(0, length).CopyTo(larger);
        MessageBuffers.Return(buffer);
        buffer = larger;
    }
}
