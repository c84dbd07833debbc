using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// One thing on its way to a client: a frame that is ready, or an event that channel middleware looks at first.
/// </summary>
/// <param name="Frame">The frame; unused while <paramref name="Event"/> is set.</param>
/// <param name="Event">What channel middleware sees; null when it is to be passed by.</param>
/// <param name="Envelope">How the event is wrapped after the middleware.</param>
internal readonly record struct OutboundItem(OutboundFrame Frame, ChannelEvent? Event = null, ReplyEnvelope? Envelope = null)
{
    /// <summary>True for the close frame: nothing follows it.</summary>
    public bool IsLast { get; init; }

    /// <summary>True when its sender waited for room, which what comes of it takes.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>Bytes of an event as far as they are known before it is encoded.</summary>
    public int Size { get; init; }
}
