using Akka.Actor;
using Akka.Event;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Channels;

/// <summary>
/// The messages between a channel and its connections, and those of the channel to itself. The <see cref="InboundTurn"/> is a message too: it is sent to the
/// connection's actor when some of its messages are complete. All of these messages stay on the node.
/// </summary>
internal static class ChannelProtocol
{
    /// <summary>To a connection: an event has arrived for a handler that was subscribed with a callback.</summary>
    public sealed record HandleEvent(HubEvent Event, IEventHandler Handler) : INoSerializationVerificationNeeded;

    /// <summary>To a connection: close after all messages that were sent so far have been written.</summary>
    public sealed record Close(CloseCode Code, string Reason) : INoSerializationVerificationNeeded;

    /// <summary>To a connection: the run of a stream has ended, and its services have been disposed of.</summary>
    public sealed record StreamEnded(ClientMessage Message) : INoSerializationVerificationNeeded;

    /// <summary>To a channel, from itself: restart a lane that has ended.</summary>
    public sealed record StartLane(int Lane, bool Inbound) : INoSerializationVerificationNeeded;

    /// <summary>
    /// To a channel: one of its lanes has ended. The cause is a bug or the end of the channel itself. In the latter case the actor no longer exists, and
    /// the dead letter is suppressed.
    /// </summary>
    public sealed record LaneEnded(int Lane, bool Inbound, Exception? Error) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
