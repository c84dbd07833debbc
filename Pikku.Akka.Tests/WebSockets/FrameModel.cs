using System.Buffers.Binary;
using System.Text;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// A second, slow implementation of RFC 6455: it reads the whole input at once into a list of bytes for each message, and validates text by the table of the
/// Unicode standard (3-7). The transcript of a reader of the same input must be equal.
/// </summary>
internal static class FrameModel
{
    /// <summary>The last line when a message or a frame is incomplete.</summary>
    public const string Unfinished = "unfinished";

    public static List<string> Read(byte[] input, int maxMessage, int maxFragments, bool mayCompress = false)
    {
        var told = new List<string>();
        List<byte>? message = null;
        var (isText, isCompressed, frames, at) = (false, false, 0, 0);
        while (at < input.Length)
        {
            var rest = input[at..];
            if (Broken(rest, message?.Count, isCompressed, frames, maxMessage, maxFragments, mayCompress) is { } code)
                return [.. told, $"broken {code}", .. Follow(rest)];
            if (Header(rest) is not { } header)
                return [.. told, Unfinished];

            var payload = Payload(rest, header);
            var isComplete = (ulong)payload.Length == header.Length;
            var (isLast, opcode) = ((rest[0] & 0x80) != 0, rest[0] & 0x0F);
            byte[] after = isComplete ? rest[(header.Size + payload.Length)..] : [];
            at += header.Size + payload.Length;
            if (opcode >= 8)
            {
                if (!isComplete)
                    return [.. told, Unfinished];
                if (opcode == 8)
                    return [.. told, .. Close(payload)];
                told.Add(opcode == 9 ? $"ping {Convert.ToHexString(payload)}" : "pong");
                continue;
            }

            if (opcode != 0)
                (message, isText, isCompressed, frames) = ([], opcode == 1, (rest[0] & 0x40) != 0, 0);
            frames++;
            message!.AddRange(payload);
            if (isText && !isCompressed && !IsText([.. message], mayGoOn: true))
                return [.. told, "broken 1007", .. isComplete ? Follow(after) : []];
            if (!isComplete)
                return [.. told, Unfinished];
            if (!isLast)
                continue;
            if (isCompressed)
            {
                var (inflated, refused) = FrameInflateModel.Read([.. message], maxMessage);
                if (inflated is null)
                    return [.. told, $"broken {refused}", .. Follow(after)];
                message = [.. inflated];
            }

            if (isText && !IsText([.. message], mayGoOn: false))
                return [.. told, "broken 1007", .. Follow(after)];
            told.Add(isText ? $"text {Encoding.UTF8.GetString([.. message])}" : $"binary {Convert.ToHexString([.. message])}");
            message = null;
        }

        return message is null ? told : [.. told, Unfinished];
    }

    private static int? Broken(byte[] frame, int? soFar, bool isCompressed, int frames, int maxMessage, int maxFragments, bool mayCompress)
    {
        var opcode = frame[0] & 0x0F;
        var begins = opcode is 1 or 2;
        isCompressed = begins ? (frame[0] & 0x40) != 0 : isCompressed;
        if ((frame[0] & (mayCompress && begins ? 0x30 : 0x70)) != 0 || opcode is not (0 or 1 or 2 or 8 or 9 or 10) || (opcode >= 8 && (frame[0] & 0x80) == 0))
            return 1002;
        if (opcode == 0 ? soFar is null : opcode < 8 && soFar is not null)
            return 1002;
        if (opcode == 0 && frames == maxFragments)
            return 1008;
        if (frame.Length < 2)
            return null;
        if ((frame[1] & 0x80) == 0 || (opcode >= 8 && (frame[1] & 0x7F) > 125))
            return 1002;
        if (Length(frame) is not { } length)
            return null;
        var shortest = length < 126 ? length : length < 65536 ? 126UL : 127;
        if ((ulong)(frame[1] & 0x7F) != shortest || length >= 1UL << 63)
            return 1002;
        var received = isCompressed ? maxMessage + (maxMessage / 8) + 64 : maxMessage; // what can't be compressed gets longer
        return opcode < 8 && length + (ulong)(soFar ?? 0) > (ulong)received ? 1009 : null;
    }

    private static ulong? Length(byte[] frame) => (frame[1] & 0x7F) switch
    {
        126 => frame.Length < 4 ? null : BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2)),
        127 => frame.Length < 10 ? null : BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(2)),
        var small => (ulong)small,
    };

    private static (int Size, ulong Length)? Header(byte[] frame)
    {
        if (frame.Length < 2 || Length(frame) is not { } length)
            return null;
        var size = 2 + (frame[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 } + ((frame[1] & 0x80) == 0 ? 0 : 4);
        return frame.Length < size ? null : (size, length);
    }

    private static byte[] Payload(byte[] frame, (int Size, ulong Length) header)
    {
        var mask = frame[(header.Size - 4)..header.Size];
        return [.. frame[header.Size..].Take((int)Math.Min(header.Length, int.MaxValue)).Select((b, i) => (byte)(b ^ mask[i % 4]))];
    }

    private static IEnumerable<string> Close(byte[] payload)
    {
        if (payload.Length == 0)
            return ["close 1005"];
        var code = payload.Length == 1 ? 0 : (payload[0] << 8) | payload[1];
        if (!Enumerable.Range(1000, 4).Concat(Enumerable.Range(1007, 8)).Concat(Enumerable.Range(3000, 2000)).Contains(code))
            return ["broken 1002", "closed"];
        return IsText(payload[2..], mayGoOn: false) ? [$"close {code}"] : ["broken 1007", "closed"];
    }

    private static IEnumerable<string> Follow(byte[] rest)
    {
        while (Header(rest) is { } header && (ulong)(rest.Length - header.Size) >= header.Length)
        {
            if ((rest[0] & 0x0F) == 8)
                return ["closed"];
            rest = rest[(header.Size + (int)header.Length)..];
        }

        return [];
    }

    private static bool IsText(byte[] bytes, bool mayGoOn)
    {
        for (var i = 0; i < bytes.Length;)
        {
            var (count, low, high) = bytes[i] switch
            {
                <= 0x7F => (0, 0, 0),
                >= 0xC2 and <= 0xDF => (1, 0x80, 0xBF),
                0xE0 => (2, 0xA0, 0xBF),
                0xED => (2, 0x80, 0x9F),
                >= 0xE1 and <= 0xEF => (2, 0x80, 0xBF),
                0xF0 => (3, 0x90, 0xBF),
                >= 0xF1 and <= 0xF3 => (3, 0x80, 0xBF),
                0xF4 => (3, 0x80, 0x8F),
                _ => (-1, 0, 0),
            };
            if (count < 0)
                return false;
            for (var j = 1; j <= count; j++)
            {
                if (i + j == bytes.Length)
                    return mayGoOn;
                var (from, to) = j == 1 ? (low, high) : (0x80, 0xBF);
                if (bytes[i + j] < from || bytes[i + j] > to)
                    return false;
            }

            i += count + 1;
        }

        return true;
    }
}
