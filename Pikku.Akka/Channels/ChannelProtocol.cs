using Akka.Actor;
using Akka.Event;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Channels;

/// <summary>
/// What passes between a channel and the connections that use it, beside the <see cref="InboundTurn"/>, which goes to the connection's actor
/// itself whenever messages of it are over. All of it stays on the node.
/// </summary>
internal static class ChannelProtocol
{
    /// <summary>To a connection: an event waits for a handler of the callback form.</summary>
    public sealed record HandleEvent(HubEvent Event, IEventHandler Handler) : INoSerializationVerificationNeeded;

    /// <summary>To a connection: close once everything sent so far is out.</summary>
    public sealed record Close(CloseCode Code, string Reason) : INoSerializationVerificationNeeded;

    /// <summary>To a channel, from itself: start a lane that has ended.</summary>
    public sealed record StartLane(int Lane, bool Inbound) : INoSerializationVerificationNeeded;

    /// <summary>
    /// To a channel: one of its lanes has ended, which only a bug can make it do, or the end of the channel itself: then nobody is there to be
    /// told, and that is no news.
    /// </summary>
    public sealed record LaneEnded(int Lane, bool Inbound, Exception? Error) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
