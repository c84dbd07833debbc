using System.Buffers.Binary;

namespace Pikku.Akka.Benchmarks.Peers.Pipe;

/// <summary>The part of RFC 6455 §5 that a well-behaved client needs: whole text messages below 64 KiB.</summary>
internal static class Frames
{
    public const int MaxLength = ushort.MaxValue + 4;

    /// <summary>Handles one message of a client; the message is unmasked in place.</summary>
    public delegate void Handler(Span<byte> body);

    /// <summary>Reads until the client closes. <paramref name="afterBatch"/> is called when all received messages have been
    /// handled.</summary>
    public static async Task ReadAll(Stream stream, Handler handle, Action afterBatch)
    {
        var buffer = new byte[2048];
        var have = 0;
        while (true)
        {
            int got;
            try
            {
                got = await stream.ReadAsync(buffer.AsMemory(have));
            }
            catch (Exception)
            {
                return; // The client is gone.
            }

            if (got == 0)
                return;
            have += got;
            if (!HandleMessages(buffer.AsSpan(0, have), handle, out var used))
                return;
            afterBatch();
            buffer.AsSpan(used, have - used).CopyTo(buffer);
            have -= used;
            if (have == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    /// <summary>Writes a text frame; returns its length.</summary>
    public static int Write(ReadOnlySpan<byte> body, Span<byte> to)
    {
        const byte finalText = 0x81;
        to[0] = finalText;
        if (body.Length < 126)
        {
            to[1] = (byte)body.Length;
            body.CopyTo(to[2..]);
            return body.Length + 2;
        }

        to[1] = 126;
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)body.Length);
        body.CopyTo(to[4..]);
        return body.Length + 4;
    }

    private static bool HandleMessages(Span<byte> data, Handler handle, out int used)
    {
        const int close = 8;
        used = 0;
        while (data.Length - used >= 6)
        {
            var frame = data[used..];
            int length = frame[1] & 0x7f, header = 6;
            if (length == 126)
            {
                if (frame.Length < 8)
                    break;
                length = BinaryPrimitives.ReadUInt16BigEndian(frame[2..]);
                header = 8;
            }

            if (frame.Length < header + length)
                break;
            if ((frame[0] & 15) == close)
                return false;
            var body = frame.Slice(header, length);
            Unmask(body, BinaryPrimitives.ReadUInt32LittleEndian(frame[(header - 4)..]));
            handle(body);
            used += header + length;
        }

        return true;
    }

    private static void Unmask(Span<byte> body, uint key)
    {
        var twice = (ulong)key << 32 | key;
        var i = 0;
        for (; i + 8 <= body.Length; i += 8)
            BinaryPrimitives.WriteUInt64LittleEndian(body[i..], BinaryPrimitives.ReadUInt64LittleEndian(body[i..]) ^ twice);
        for (; i < body.Length; i++)
            body[i] ^= (byte)(key >> (8 * (i & 3)));
    }
}
