using System.Buffers.Text;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The number at the end of an encoded event: <c>,"at":"3k9f….1841"}</c> (rule P2). The lane of the publisher gives the number after the event was encoded, so the
/// encoder leaves room for it behind the message, and the number replaces the brace that ends the message.
/// </summary>
internal static class EventNumber
{
    /// <summary>The bytes that a message needs behind its end for the longest number.</summary>
    public const int Room = 6 + 1 + Origin.TextLength + 1 + 19 + 1; // ,"at":  "  origin  .  digits of a long  "

    /// <summary>Creates a message from a payload, with room for a number.</summary>
    public static EncodedMessage Allocate(ReadOnlySpan<byte> payload)
    {
        var message = EncodedMessage.Allocate(MessageKind.Text, payload.Length + Room, out var destination);
        payload.CopyTo(destination);
        return message with { Length = payload.Length };
    }

    /// <summary>Writes the number into the room behind a message. Nobody else may have the message yet.</summary>
    /// <exception cref="InvalidOperationException">The message was created without room.</exception>
    public static EncodedMessage Append(in EncodedMessage message, Origin origin, long number)
    {
        var end = message.Offset + message.Length - 1; // over the brace
        if (message.Array.Length - end <= Room)
            throw new InvalidOperationException("The event was encoded without room for its number.");
        var rest = message.Array.AsSpan(end);
        ",\"at\":\""u8.CopyTo(rest);
        var written = 7;
        origin.Write(rest[written..]);
        written += Origin.TextLength;
        rest[written++] = (byte)'.';
        Utf8Formatter.TryFormat(number, rest[written..], out var digits);
        written += digits;
        "\"}"u8.CopyTo(rest[written..]);
        return message with { Length = message.Length - 1 + written + 2, Position = PositionPart.Event };
    }
}
