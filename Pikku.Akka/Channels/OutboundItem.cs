using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// One thing on its way to a client: a message that is encoded, or an event that channel middleware looks at first.
/// </summary>
/// <param name="Message">The message; unused while <paramref name="Event"/> is set.</param>
/// <param name="Event">What channel middleware sees; null for a message that passes the middleware by.</param>
/// <param name="Envelope">How the event is wrapped after the middleware.</param>
internal readonly record struct OutboundItem(EncodedMessage Message, OutboundMessage? Event = null, ReplyEnvelope? Envelope = null)
{
    /// <summary>True for the close message: nothing follows it.</summary>
    public bool IsLast { get; init; }

    /// <summary>True when its sender waited for room, which what comes of it takes.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>Bytes of an event as far as they are known before it is encoded.</summary>
    public int Size { get; init; }
}
