using System.Runtime.InteropServices;
using System.Text.Json;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The format of an event between nodes. An event is preceded by its length and consists of flags, topic, its number, the id of its type, the channel to exclude,
/// the channels to send it to, the write of a key, the message for the clients, the position of the payload in the message, and the name of a declared message. It
/// contains no framing of a transport: the transports of the receiving node add their own. The number is not sent twice: the receiving node writes it into the message.
/// </summary>
internal static class EventWire
{
    private const int Binary = 1;
    private const int Raw = 2;
    private const int OwnPayload = 4;
    private const int HasExcept = 8;
    private const int AudienceShift = 4;
    private const int AudienceMask = 3;
    private const int HasChannels = 64;
    private const int HasType = 128;
    private const int HasNumber = 256;
    private const int HasWrite = 512;
    private const int IsReplicated = 1024;
    private const int HasBase = 2048;

    public static void Write(WireWriter output, HubEvent hubEvent)
    {
        var message = hubEvent.Message;
        // The text of a raw string differs from its JSON. Only the JSON is sent then, so that the event does not contain the string twice and stays within the limit.
        var within = MemoryMarshal.TryGetArray(hubEvent.Payload, out var payload) && ReferenceEquals(payload.Array, message.Array);
        var part = output.BeginPart();
        output.UInt16((ushort)(
            (hubEvent.IsBinary ? Binary : 0) | (hubEvent.Raw ? Raw : 0) | (within ? 0 : OwnPayload) | (hubEvent.Except is null ? 0 : HasExcept)
            | (hubEvent.Channels is null ? 0 : HasChannels) | (WireCodes.Of(hubEvent.Audience) << AudienceShift) | (hubEvent.TypeId == 0 ? 0 : HasType)
            | (hubEvent.Number == 0 ? 0 : HasNumber) | (hubEvent.Write is null ? 0 : HasWrite) | (hubEvent.IsReplicated ? IsReplicated : 0)
            | (hubEvent.Write is { } keyed && keyed.Base != default ? HasBase : 0)));
        output.Text(hubEvent.Topic);
        if (hubEvent.Number != 0)
            output.Int64(hubEvent.Number);
        if (hubEvent.TypeId != 0)
            output.Int32(hubEvent.TypeId);
        if (hubEvent.Except is { } except)
            output.Text(except);
        if (hubEvent.Channels is { } channels)
            output.Texts(channels);
        if (hubEvent.Write is { } write)
            WriteKey(output, write);
        if (within)
        {
            output.Bytes(hubEvent.Number == 0 ? message.Span : EventWriter.WithoutNumber(message.Span));
            output.Number(payload.Offset - message.Offset);
            output.Number(payload.Count);
        }
        else
        {
            output.Bytes(hubEvent.Payload.Span);
        }

        output.OptionalText(hubEvent.Named?.Name);
        output.EndPart(part);
    }

    /// <summary>Reads an event.</summary>
    /// <param name="events">The reader, which then stands behind the event.</param>
    /// <param name="origin">The life of the publishing node, which the message around the event names.</param>
    /// <param name="likelyTopic">A topic that the event often has, such as that of the event before it: equal topics share one text. Null for none.</param>
    /// <exception cref="InvalidDataException">The bytes are not an event, or they are truncated.</exception>
    public static HubEvent Read(ref WireReader events, Origin origin = default, string? likelyTopic = null)
    {
        var input = events.Part();
        var flags = input.UInt16();
        var topic = input.Text(likelyTopic);
        var number = (flags & HasNumber) != 0 ? input.Int64() : 0;
        var type = (flags & HasType) != 0 ? input.Int32() : 0;
        var except = (flags & HasExcept) != 0 ? input.Text() : null;
        var channels = (flags & HasChannels) != 0 ? input.Texts() : null;
        var write = (flags & HasWrite) != 0 ? ReadKey(ref input, (flags & HasBase) != 0) : null;
        EncodedMessage message;
        ReadOnlyMemory<byte> payload;
        if ((flags & HasNumber) != 0 && (number <= 0 || (flags & (OwnPayload | Binary)) != 0))
            throw new InvalidDataException("An event that has no envelope has a number.");
        if ((flags & OwnPayload) == 0)
        {
            var bytes = input.Bytes();
            message = number != 0
                ? EventNumber.Create(bytes, origin, number)
                : EncodedMessage.Copy((flags & Binary) != 0 ? MessageKind.Binary : MessageKind.Text, bytes);
            var (offset, length) = (input.Number(), input.Number());
            if (offset > bytes.Length - length)
                throw new InvalidDataException("The payload of an event is not within it.");
            payload = message.Memory.Slice(offset, length);
        }
        else
        {
            payload = input.Bytes().ToArray();
            message = TextOf(payload.Span);
        }

        var name = input.OptionalText();
        return new HubEvent(topic, payload, message)
        {
            Audience = WireCodes.AudienceOf((flags >> AudienceShift) & AudienceMask), Raw = (flags & Raw) != 0,
            Channels = channels, Except = except, TypeId = type, Named = name is null ? null : new NamedMessage(name),
            Write = write, IsReplicated = (flags & IsReplicated) != 0, IsRemote = true,
        }.WithNumber(origin, number);
    }

    /// <summary>Writes the write of a key with its stamp, and with its base if it has one.</summary>
    private static void WriteKey(WireWriter output, KeyedWrite write)
    {
        output.Text(write.Key);
        LaneWire.Write(output, write.Stamp);
        if (write.Base != default)
            LaneWire.Write(output, write.Base);
        LaneWire.WriteValue(output, write.Value, write.Owner);
    }

    private static KeyedWrite ReadKey(ref WireReader input, bool hasBase)
    {
        var (key, stamp) = (input.Text(), LaneWire.ReadStamp(ref input));
        var knows = hasBase ? LaneWire.ReadStamp(ref input) : default;
        var (value, owner) = LaneWire.ReadValue(ref input);
        return new KeyedWrite(key, value, owner) { Stamp = stamp, Base = knows };
    }

    private static EncodedMessage TextOf(ReadOnlySpan<byte> jsonString)
    {
        try
        {
            return EncodedMessage.Copy(MessageKind.Text, EventEncoder.Unquote(jsonString));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("The payload of a raw event is not a string.", e);
        }
    }
}
