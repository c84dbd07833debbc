using System.Runtime.InteropServices;
using System.Text.Json;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The format of an event between nodes. An event is preceded by its length and consists of flags, topic, the id of its type, the channel to exclude, the
/// channels to send it to, the message for the clients, the position of the payload in the message, and the name of a declared message. It contains no framing of a transport: the transports
/// of the receiving node add their own.
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

    public static void Write(WireWriter output, HubEvent hubEvent)
    {
        var message = hubEvent.Message;
        // The text of a raw string differs from its JSON. Only the JSON is sent then, so that the event does not contain the string twice and stays within the limit.
        var within = MemoryMarshal.TryGetArray(hubEvent.Payload, out var payload) && ReferenceEquals(payload.Array, message.Array);
        var part = output.BeginPart();
        output.Byte((byte)(
            (hubEvent.IsBinary ? Binary : 0) | (hubEvent.Raw ? Raw : 0) | (within ? 0 : OwnPayload) | (hubEvent.Except is null ? 0 : HasExcept)
            | (hubEvent.Channels is null ? 0 : HasChannels) | (WireCodes.Of(hubEvent.Audience) << AudienceShift) | (hubEvent.TypeId == 0 ? 0 : HasType)));
        output.Text(hubEvent.Topic);
        if (hubEvent.TypeId != 0)
            output.Int32(hubEvent.TypeId);
        if (hubEvent.Except is { } except)
            output.Text(except);
        if (hubEvent.Channels is { } channels)
            output.Texts(channels);
        if (within)
        {
            output.Bytes(message.Span);
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

    /// <exception cref="InvalidDataException">The bytes are not an event, or they are truncated.</exception>
    public static HubEvent Read(ref WireReader events)
    {
        var input = events.Part();
        var flags = input.Byte();
        var topic = input.Text();
        var type = (flags & HasType) != 0 ? input.Int32() : 0;
        var except = (flags & HasExcept) != 0 ? input.Text() : null;
        var channels = (flags & HasChannels) != 0 ? input.Texts() : null;
        EncodedMessage message;
        ReadOnlyMemory<byte> payload;
        if ((flags & OwnPayload) == 0)
        {
            message = EncodedMessage.Copy((flags & Binary) != 0 ? MessageKind.Binary : MessageKind.Text, input.Bytes());
            var (offset, length) = (input.Number(), input.Number());
            if (offset > message.Length - length)
                throw new InvalidDataException("The payload of an event is not within it.");
            payload = message.Memory.Slice(offset, length);
        }
        else
        {
            payload = input.Bytes().ToArray();
            message = TextOf(payload.Span);
        }

        // Since version 1.1.
        var name = input.IsAtEnd ? null : input.OptionalText();
        return new HubEvent(topic, payload, message)
        {
            Audience = WireCodes.AudienceOf((flags >> AudienceShift) & AudienceMask), Raw = (flags & Raw) != 0,
            Channels = channels, Except = except, TypeId = type, Named = name is null ? null : new NamedMessage(name),
        };
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
