using System.IO.Compression;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Compresses the text messages to clients that have negotiated it (RFC 7692). Each message is compressed for itself, without earlier data of its connection. Therefore a
/// shared message, such as an event, is compressed once, and all connections send the same bytes. One instance for all connections with the same window; thread-safe.
/// </summary>
/// <remarks>
/// Bytes (<see cref="MessageKind.Binary"/>) are sent as they are: images, archives and encrypted data do not get smaller. So are shared messages without a
/// <see cref="SharedForm"/>, which are replayed to a client that comes back: when a node dies, thousands of clients come back at once, and each replay is different.
/// </remarks>
internal sealed class MessageDeflater
{
    // RFC 7692 §7.2.1: a flush ends with an empty stored block, whose last four bytes are not sent.
    private static readonly byte[] s_tail = [0x00, 0x00, 0xFF, 0xFF];

    private readonly CompressionSettings _settings;
    private readonly long _maxSize;
    private readonly Func<EncodedMessage, byte[]> _makeShared;

    /// <param name="settings">The settings.</param>
    /// <param name="windowBits">The window of the client, as a power of two: 8 to 15.</param>
    public MessageDeflater(CompressionSettings settings, int windowBits)
    {
        _settings = settings;
        // No distance within a message is longer than the message. So a message that fits into the window never exceeds it, whatever window the compression uses;
        // its own window is the largest one.
        _maxSize = windowBits == DeflateOffer.LargestWindow ? long.MaxValue : 1L << windowBits;
        _makeShared = MakeShared;
    }

    /// <summary>Replaces messages by their compressed form where that is shorter.</summary>
    public void Deflate(Span<EncodedMessage> messages)
    {
        foreach (ref var message in messages)
        {
            if (message.Kind != MessageKind.Text || message.Length < _settings.MinSize || message.Length > _maxSize)
                continue;
            if (message.Form is { } form)
                message = DeflateShared(message, form);
            else if (message is { Pooled: true, HasHeadroom: true }) // others may be a part of an array
                message = DeflateOwn(message);
        }
    }

    private EncodedMessage DeflateShared(in EncodedMessage message, SharedForm form)
    {
        var array = form.GetOrMake(message, _makeShared);
        return array.Length == 0
            ? message
            : new EncodedMessage(array, EncodedMessage.HeadroomSize, array.Length - EncodedMessage.HeadroomSize, message.Kind) { HasHeadroom = true, IsCompressed = true };
    }

    // The array of a message with headroom, or an empty array when the message does not get shorter.
    private byte[] MakeShared(EncodedMessage message)
    {
        var buffer = Rent(message);
        try
        {
            return TryDeflate(message.Span, buffer, out var length) ? buffer[..(EncodedMessage.HeadroomSize + length)] : [];
        }
        finally
        {
            MessageBuffers.Return(buffer);
        }
    }

    private EncodedMessage DeflateOwn(in EncodedMessage message)
    {
        var buffer = Rent(message);
        if (!TryDeflate(message.Span, buffer, out var length))
        {
            MessageBuffers.Return(buffer);
            return message;
        }

        message.Return();
        return new EncodedMessage(buffer, EncodedMessage.HeadroomSize, length, message.Kind) { Pooled = true, HasHeadroom = true, IsCompressed = true };
    }

    private static byte[] Rent(in EncodedMessage message) => MessageBuffers.Rent(EncodedMessage.HeadroomSize + message.Length + s_tail.Length);

    // Writes behind the headroom of the buffer. Returns false when the message does not get shorter.
    private bool TryDeflate(ReadOnlySpan<byte> payload, byte[] buffer, out int length)
    {
        var room = buffer.AsMemory(EncodedMessage.HeadroomSize, payload.Length - 1 + s_tail.Length);
        using var output = new DeflateOutput(room);
        using var deflate = new DeflateStream(output, _settings.Level, leaveOpen: true);
        deflate.Write(payload);
        deflate.Flush(); // a sync flush (RFC 7692 §7.2.1, step 1)
        length = output.Finish() - s_tail.Length;
        return length > 0 && room.Span.Slice(length, s_tail.Length).SequenceEqual(s_tail);
    }
}
