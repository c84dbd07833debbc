using System.Runtime.InteropServices;
using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>
/// An event between nodes: flags, topic, the id of its type, whom to leave out, what goes into the frame, and where in it the payload is. The header of the frame
/// is not sent; it is made again from the length.
/// </summary>
internal static class HubWire
{
    private const int Binary = 1;
    private const int Raw = 2;
    private const int OwnPayload = 4;
    private const int HasExcept = 8;
    private const int AudienceShift = 4;
    private const int AudienceMask = 3;
    private const int HasChannels = 64;
    private const int HasType = 128;

    public static void Write(BinaryWriter output, HubEvent hubEvent)
    {
        var frame = hubEvent.Frame;
        var header = frame.Length - BodyLength(frame);
        // The text of a raw string is not its JSON, which goes alone then: it can't be above the limit twice.
        var within = MemoryMarshal.TryGetArray(hubEvent.Payload, out var payload) && ReferenceEquals(payload.Array, frame);
        output.Write((byte)(
            (hubEvent.IsBinary ? Binary : 0) | (hubEvent.Raw ? Raw : 0) | (within ? 0 : OwnPayload) | (hubEvent.Except is null ? 0 : HasExcept)
            | (hubEvent.Channels is null ? 0 : HasChannels) | ((int)hubEvent.Audience << AudienceShift) | (hubEvent.TypeId == 0 ? 0 : HasType)));
        output.Write(hubEvent.Topic);
        if (hubEvent.TypeId != 0)
            output.Write(hubEvent.TypeId);
        if (hubEvent.Except is { } except)
            output.Write(except);
        if (hubEvent.Channels is { } channels)
            output.Write(string.Join('\n', channels));
        if (within)
        {
            WriteBytes(output, frame.AsSpan(header));
            output.Write7BitEncodedInt(payload.Offset - header);
            output.Write7BitEncodedInt(payload.Count);
        }
        else
        {
            WriteBytes(output, hubEvent.Payload.Span);
        }
    }

    /// <exception cref="InvalidDataException">It is no event.</exception>
    /// <exception cref="IOException">It is cut off.</exception>
    public static HubEvent Read(BinaryReader input)
    {
        var flags = input.ReadByte();
        var topic = input.ReadString();
        var type = (flags & HasType) != 0 ? input.ReadInt32() : 0;
        var except = (flags & HasExcept) != 0 ? input.ReadString() : null;
        var channels = (flags & HasChannels) != 0 ? input.ReadString().Split('\n') : null;
        byte[] frame;
        ReadOnlyMemory<byte> payload;
        if ((flags & OwnPayload) == 0)
        {
            frame = ReadFrame(input, (flags & Binary) != 0 ? FrameEncoder.Binary : FrameEncoder.Text, out var header);
            var (offset, length) = (input.Read7BitEncodedInt(), input.Read7BitEncodedInt());
            if (offset < 0 || length < 0 || offset > frame.Length - header - length)
                throw new InvalidDataException("The payload of an event is not within it.");
            payload = frame.AsMemory(header + offset, length);
        }
        else
        {
            payload = ReadBytes(input);
            frame = TextOf(payload.Span);
        }

        return new HubEvent(topic, payload, frame)
        {
            Audience = (HubAudience)((flags >> AudienceShift) & AudienceMask), IsBinary = (flags & Binary) != 0, Raw = (flags & Raw) != 0,
            Channels = channels, Except = except, TypeId = type,
        };
    }

    public static void WriteBytes(BinaryWriter output, ReadOnlySpan<byte> bytes)
    {
        output.Write7BitEncodedInt(bytes.Length);
        output.Write(bytes);
    }

    public static byte[] ReadBytes(BinaryReader input)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(ReadLength(input));
        input.BaseStream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] TextOf(ReadOnlySpan<byte> jsonString)
    {
        try
        {
            return FrameEncoder.Encode(FrameEncoder.Text, EventEncoder.Unquote(jsonString));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("The payload of a raw event is no string.", e);
        }
    }

    private static byte[] ReadFrame(BinaryReader input, byte opcode, out int header)
    {
        var length = ReadLength(input);
        header = FrameEncoder.HeaderLength(length);
        var frame = GC.AllocateUninitializedArray<byte>(header + length);
        FrameEncoder.WriteHeader(frame, opcode, length);
        input.BaseStream.ReadExactly(frame.AsSpan(header));
        return frame;
    }

    // A length that lies must not make us ask for memory.
    private static int ReadLength(BinaryReader input)
    {
        var length = input.Read7BitEncodedInt();
        return length >= 0 && length <= input.BaseStream.Length - input.BaseStream.Position
            ? length
            : throw new InvalidDataException("A length is beyond the end of the message.");
    }

    private static int BodyLength(byte[] frame) => frame.Length - frame[1] switch { 126 => 4, 127 => FrameEncoder.MaxHeader, _ => 2 };
}
