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

    private static ReadOnlySpan<byte> Start => ",\"at\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

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
        Write(message.Array.AsSpan(end), origin, number);
        return message with { Length = message.Length - 1 + LengthOf(number), Position = PositionPart.Event };
    }

    /// <summary>Creates a numbered message from the bytes in front of its number (<see cref="EventWriter.WithoutNumber"/>).</summary>
    public static EncodedMessage Create(ReadOnlySpan<byte> start, Origin origin, long number)
    {
        var message = EncodedMessage.Allocate(MessageKind.Text, start.Length + LengthOf(number), out var destination);
        start.CopyTo(destination);
        Write(destination[start.Length..], origin, number);
        return message with { Position = PositionPart.Event };
    }

    private static int LengthOf(long number) => Start.Length + Origin.TextLength + 1 + Digits(number) + End.Length;

    private static int Digits(long number)
    {
        var digits = 1;
        while ((number /= 10) != 0)
            digits++;
        return digits;
    }

    private static void Write(Span<byte> destination, Origin origin, long number)
    {
        Start.CopyTo(destination);
        var written = Start.Length;
        origin.Write(destination[written..]);
        written += Origin.TextLength;
        destination[written++] = (byte)'.';
        Utf8Formatter.TryFormat(number, destination[written..], out var digits);
        End.CopyTo(destination[(written + digits)..]);
    }
}
