using Pikku.Akka.EventHub;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Cluster;

/// <summary>A message that was received from another node. The sender sends it as a <see cref="NodeFrame"/>.</summary>
internal abstract record NodeMessage
{
    /// <summary>The id of the request, which the answer repeats.</summary>
    public RequestId Request { get; init; }

    /// <summary>The size of the message in the <see cref="NodeWindow"/> of its sender, in bytes: <see cref="NodeFrame.Size"/>.</summary>
    public int Size { get; init; }

    /// <summary>Send a message to a connection of the receiving node. The topic is the id of the channel.</summary>
    public sealed record Deliver(HubEvent Message) : NodeMessage;

    /// <summary>Close a connection of the receiving node.</summary>
    public sealed record CloseChannel(string ChannelId, CloseCode Code, string Reason) : NodeMessage;

    /// <summary>Subscribe or unsubscribe a connection of the receiving node.</summary>
    public sealed record ChangeSubscription(string Topic, string ChannelId, bool Subscribe) : NodeMessage;

    /// <summary>Add a connection of the receiving node to a presence topic, or remove it when <paramref name="About"/> is null.</summary>
    public sealed record ChangePresence(string Topic, string ChannelId, string? About) : NodeMessage;

    /// <summary>End the sessions of a user on the receiving node, and close the connections of the user if <paramref name="Close"/> is true.</summary>
    public sealed record EndSessions(string UserId, bool Close) : NodeMessage;

    /// <summary>Close the connections of a user on the receiving node.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="Channel">The name of the channel; null for all channels.</param>
    /// <param name="Reason">The reason for the client.</param>
    public sealed record Disconnect(string UserId, string? Channel, string Reason) : NodeMessage;

    /// <summary>Request the connections of a user on the receiving node. The answer is a list of <see cref="UserChannel"/> as JSON.</summary>
    public sealed record GetChannels(string UserId) : NodeMessage;

    /// <summary>Ask the permissions of a user's connections on the receiving node again.</summary>
    public sealed record Refresh(string UserId) : NodeMessage;

    /// <summary>Ask the permissions of the subscriptions to a topic on the receiving node again.</summary>
    /// <param name="Topic">The name of the topic, or the template of a family.</param>
    public sealed record Reauthorize(string Topic) : NodeMessage;

    /// <summary>End the subscriptions of a user's connections on the receiving node to a topic.</summary>
    public sealed record EndSubscriptions(string UserId, string Topic) : NodeMessage;

    /// <summary>Call a function of a client whose connection is on the receiving node. The id of the request identifies the call.</summary>
    /// <param name="Target">The id of the user or of the channel.</param>
    /// <param name="IsUser">True to call all connections of the user; the first answer counts.</param>
    /// <param name="Function">The name of the function.</param>
    /// <param name="Input">The argument as JSON; empty for none.</param>
    public sealed record InvokeClient(string Target, bool IsUser, string Function, byte[] Input) : NodeMessage;

    /// <summary>The answer to a call of a client function, or a sign that one follows.</summary>
    /// <param name="Outcome">The outcome; null when a client has to ask its user.</param>
    public sealed record ClientAnswered(ClientOutcome? Outcome) : NodeMessage;

    /// <summary>Give up the call of a client function.</summary>
    public sealed record CancelClientCall : NodeMessage;

    /// <summary>Request the report of the receiving node.</summary>
    public sealed record GetReport : NodeMessage;

    /// <summary>Explain the decision about a connection of the receiving node, which an operator asks for. The answer is JSON; empty when the node has no such connection.</summary>
    /// <param name="Question">The question as JSON.</param>
    public sealed record Explain(string Question) : NodeMessage;

    /// <summary>Trace a user on the receiving node for some time, and request the messages that the node has seen since the last request. The answer is JSON.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="Cursors">The number behind the last message of each node, as JSON.</param>
    public sealed record ReadTrace(string UserId, string Cursors) : NodeMessage;

    /// <summary>Begin or end a recording of a connection of the receiving node, or read its file. The answer is JSON; empty when the node has no such connection or recording.</summary>
    /// <param name="Command">The command as JSON.</param>
    public sealed record Record(string Command) : NodeMessage;

    /// <summary>A sign of life, with the number of bytes that were transferred in both directions.</summary>
    /// <param name="From">The incarnation of the sending node.</param>
    /// <param name="To">The incarnation of the receiving node.</param>
    /// <param name="Sent">The number of bytes that the sending node has sent before this message.</param>
    /// <param name="Received">The number of bytes from the receiving node that the sending node has handled.</param>
    public sealed record Progress(int From, int To, long Sent, long Received) : NodeMessage;

    /// <summary>Sent to a seed that is not a member, and by a node that searches for its cluster: the members of the cluster of the sending node.</summary>
    /// <param name="WantsAnswer">True when the receiving node should answer with its own greeting.</param>
    /// <param name="Members">The members, as host and port; empty when the sending node is not a member of a cluster.</param>
    public sealed record Greeting(bool WantsAnswer, string[] Members) : NodeMessage;

    /// <summary>The question whether the sending node is still a member in the view of the receiving node, or the answer. A node that is not a member gets no answer.</summary>
    /// <param name="From">The incarnation of the sending node.</param>
    /// <param name="To">The incarnation of the receiving node.</param>
    /// <param name="SentAt">The time of the question, by the clock of the node that asks.</param>
    /// <param name="IsAnswer">True for the answer, which repeats the time of the question.</param>
    public sealed record Contact(int From, int To, long SentAt, bool IsAnswer) : NodeMessage;

    /// <summary>The answer to a request.</summary>
    /// <param name="Error">The reason why the request was refused; null for success.</param>
    /// <param name="Text">The requested data, or the details of the error.</param>
    public sealed record Answer(EventHubErrorReason? Error, string Text) : NodeMessage;

    /// <summary>Run a function. The id of the request identifies the call.</summary>
    /// <param name="Channel">The name of the channel that the function is wired to.</param>
    /// <param name="Action">The route of the function in the channel, <see cref="Functions.BoundAction.Label"/>.</param>
    /// <param name="ChannelId">The id of the connection.</param>
    /// <param name="Session">The session, as <see cref="SessionText"/>; null for none.</param>
    /// <param name="OpeningData">The opening data as JSON; null for none.</param>
    /// <param name="Data">The input, unchanged.</param>
    /// <param name="Token">The expiry of the token of the connection; null when it has none.</param>
    /// <param name="Fence">The fence of the login of the session; null when it is not known.</param>
    public sealed record Call(
        string Channel, string Action, string ChannelId, string? Session, string? OpeningData, byte[] Data, TokenEnd? Token = null, SessionFence? Fence = null)
        : NodeMessage;

    /// <summary>The sending node is about to leave and accepts no more calls. The calls that it runs are completed.</summary>
    public sealed record Leaving : NodeMessage;

    /// <summary>Cancel the function of a call.</summary>
    public sealed record CancelCall : NodeMessage;

    /// <summary>The function of a call has set the session of the connection, or has ended it (null).</summary>
    /// <param name="Number">The number of the change within the call, which the answer repeats.</param>
    /// <param name="Session">The session, as <see cref="SessionText"/>.</param>
    public sealed record ChangeSession(int Number, string? Session) : NodeMessage;

    /// <summary>The answer to a change of the session.</summary>
    /// <param name="Number">The number of the change.</param>
    /// <param name="Done">False when another message has ended the session in the meantime.</param>
    /// <param name="Error">The reason why the change failed; null for success.</param>
    public sealed record SessionChanged(int Number, bool Done, string? Error) : NodeMessage;

    /// <summary>An item of the stream with which a call is answered.</summary>
    /// <param name="Json">The item.</param>
    public sealed record Item(byte[] Json) : NodeMessage;

    /// <summary>The oldest items of a stream are in the outbox of the connection, so that the function may send as many more.</summary>
    public sealed record TakeItems(int Count) : NodeMessage;

    /// <summary>The function of a call has returned.</summary>
    /// <param name="HasResult">True when the function returned a value.</param>
    /// <param name="IsBinary">True when the result is bytes and not JSON.</param>
    /// <param name="Result">The result.</param>
    /// <param name="Error">The error for the client, as JSON; null for success.</param>
    public sealed record Returned(bool HasResult, bool IsBinary, byte[] Result, string? Error) : NodeMessage;
}
