using Pikku.Akka.EventHub;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Cluster;

/// <summary>What one node tells another, as it comes in. Goes out as a <see cref="NodeFrame"/>.</summary>
internal abstract record NodeMessage
{
    /// <summary>The request, for its answer.</summary>
    public RequestId Request { get; init; }

    /// <summary>What it counts for in the <see cref="NodeWindow"/> of its sender, in bytes: <see cref="NodeFrame.Size"/>.</summary>
    public int Size { get; init; }

    /// <summary>Send a message to a connection of yours; the topic is the id of its channel.</summary>
    public sealed record Deliver(HubEvent Message) : NodeMessage;

    /// <summary>Close a connection of yours.</summary>
    public sealed record CloseChannel(string ChannelId, CloseCode Code, string Reason) : NodeMessage;

    /// <summary>Subscribe a connection of yours, or end that.</summary>
    public sealed record ChangeSubscription(string Topic, string ChannelId, bool Subscribe) : NodeMessage;

    /// <summary>Let a connection of yours join a presence topic, or leave it when <paramref name="About"/> is null.</summary>
    public sealed record ChangePresence(string Topic, string ChannelId, string? About) : NodeMessage;

    /// <summary>End the sessions of a user on your connections, and the connections as well if so.</summary>
    public sealed record EndSessions(string UserId, bool Close) : NodeMessage;

    /// <summary>Tell how you are.</summary>
    public sealed record GetReport : NodeMessage;

    /// <summary>The node still runs, and says how much came through in both directions.</summary>
    /// <param name="From">The incarnation of the node.</param>
    /// <param name="To">The incarnation of the node that is told.</param>
    /// <param name="Sent">How many bytes of messages it has sent there, all of them before this one.</param>
    /// <param name="Received">How many bytes of messages from there it has handled.</param>
    public sealed record Progress(int From, int To, long Sent, long Received) : NodeMessage;

    /// <summary>To a seed that is no member: who the members of the cluster of this node are.</summary>
    /// <param name="WantsAnswer">True to be told the same.</param>
    /// <param name="Members">The members, as host and port.</param>
    public sealed record Greeting(bool WantsAnswer, string[] Members) : NodeMessage;

    /// <summary>The answer to a request.</summary>
    /// <param name="Error">Why it was refused; null when it was done.</param>
    /// <param name="Text">What was asked for, or more about the error.</param>
    public sealed record Answer(EventHubErrorReason? Error, string Text) : NodeMessage;

    /// <summary>Run a function; the request names the call.</summary>
    /// <param name="Channel">The name of the channel that it is wired to.</param>
    /// <param name="Action">Its place there, <see cref="Functions.BoundAction.Label"/>.</param>
    /// <param name="ChannelId">The connection.</param>
    /// <param name="Session">The session, as <see cref="SessionText"/>; null for none.</param>
    /// <param name="OpeningData">The opening data as JSON; null for none.</param>
    /// <param name="Data">The input, as it came.</param>
    /// <param name="Token">When the token of the connection ends.</param>
    public sealed record Call(string Channel, string Action, string ChannelId, string? Session, string? OpeningData, byte[] Data, TokenEnd? Token = null)
        : NodeMessage;

    /// <summary>Send no more calls: the node is about to leave. Those that it runs are finished.</summary>
    public sealed record Leaving : NodeMessage;

    /// <summary>Tell the function of a call to stop: nobody waits for it any more.</summary>
    public sealed record CancelCall : NodeMessage;

    /// <summary>The function of a call has set the session of the connection, or ended it with null.</summary>
    /// <param name="Number">Which change of this call it is, for the answer.</param>
    /// <param name="Session">The session, as <see cref="SessionText"/>.</param>
    public sealed record ChangeSession(int Number, string? Session) : NodeMessage;

    /// <summary>The answer to a change of the session.</summary>
    /// <param name="Number">Which change it was.</param>
    /// <param name="Done">False when another message had ended the session.</param>
    /// <param name="Error">Why the change failed; null when it did not.</param>
    public sealed record SessionChanged(int Number, bool Done, string? Error) : NodeMessage;

    /// <summary>The function of a call has run.</summary>
    /// <param name="HasResult">True when it returned something.</param>
    /// <param name="IsBinary">True when the result is bytes, not JSON.</param>
    /// <param name="Result">The result.</param>
    /// <param name="Error">What the client is told, as JSON; null for success.</param>
    public sealed record Returned(bool HasResult, bool IsBinary, byte[] Result, string? Error) : NodeMessage;
}
