using System.Runtime.InteropServices;
using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>
/// An event between nodes: flags (its kind among them), topic, the id of its type, whom to leave out, the message for the clients, and where in it
/// the payload is. Nothing of a transport crosses: each node's transports add their framing themselves.
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
        var message = hubEvent.Message;
        // The text of a raw string is not its JSON, which goes alone then: it can't be above the limit twice.
        var within = MemoryMarshal.TryGetArray(hubEvent.Payload, out var payload) && ReferenceEquals(payload.Array, message.Array);
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
            WriteBytes(output, message.Span);
            output.Write7BitEncodedInt(payload.Offset - message.Offset);
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
        EncodedMessage message;
        ReadOnlyMemory<byte> payload;
        if ((flags & OwnPayload) == 0)
        {
            message = ReadMessage(input, (flags & Binary) != 0 ? MessageKind.Binary : MessageKind.Text);
            var (offset, length) = (input.Read7BitEncodedInt(), input.Read7BitEncodedInt());
            if (offset < 0 || length < 0 || offset > message.Length - length)
                throw new InvalidDataException("The payload of an event is not within it.");
            payload = message.Memory.Slice(offset, length);
        }
        else
        {
            payload = ReadBytes(input);
            message = TextOf(payload.Span);
        }

        return new HubEvent(topic, payload, message)
        {
            Audience = (HubAudience)((flags >> AudienceShift) & AudienceMask), Raw = (flags & Raw) != 0,
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

    private static EncodedMessage TextOf(ReadOnlySpan<byte> jsonString)
    {
        try
        {
            return EncodedMessage.Copy(MessageKind.Text, EventEncoder.Unquote(jsonString));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("The payload of a raw event is no string.", e);
        }
    }

    private static EncodedMessage ReadMessage(BinaryReader input, MessageKind kind)
    {
        var message = EncodedMessage.Allocate(kind, ReadLength(input), out var payload);
        input.BaseStream.ReadExactly(payload);
        return message;
    }

    // A length that lies must not make us ask for memory.
    private static int ReadLength(BinaryReader input)
    {
        var length = input.Read7BitEncodedInt();
        return length >= 0 && length <= input.BaseStream.Length - input.BaseStream.Position
            ? length
            : throw new InvalidDataException("A length is beyond the end of the message.");
    }
}
