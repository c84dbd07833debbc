using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// One item that is sent to a client: an encoded message, or an event that channel middleware processes before it is encoded.
/// </summary>
/// <param name="Message">The message; unused while <paramref name="Event"/> is set.</param>
/// <param name="Event">The event for the channel middleware; null for a message that bypasses the middleware.</param>
/// <param name="Envelope">How the event is wrapped after the middleware.</param>
internal readonly record struct OutboundItem(EncodedMessage Message, OutboundMessage? Event = null, ReplyEnvelope? Envelope = null)
{
    /// <summary>True for the close message, which no other message follows.</summary>
    public bool IsLast { get; init; }

    /// <summary>True when the sender has reserved room, which the encoded item will use.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>True for a kept event that is sent again, which no overflow policy may drop.</summary>
    public bool IsReplay { get; init; }

    /// <summary>The number of bytes of an event that are known before it is encoded.</summary>
    public int Size { get; init; }
}
