using Pikku.Akka.EventHub;

namespace Pikku.Akka.Channels;

/// <summary>Ends the subscription that a message names, in a turn of the lane of its topic. To end one that does not exist is no error.</summary>
/// <param name="message">The message.</param>
/// <param name="topic">The name of the topic.</param>
internal sealed class UnsubscribeCommit(InboundMessage message, string topic) : IMessageCommit, IClientEnd
{
    private bool _answered;

    public bool IsDue => true;

    string IClientChange.Topic => topic;

    IEventSubscriber IClientChange.Subscriber => message.Connection;

    public OutboundItem EncodeReply(ReplyFactory replies, TextMessage message) => replies.Unsubscribed(message, topic);

    public async Task<bool> RunAsync()
    {
        await ClientChanges.RunAsync(message.Connection, this).ConfigureAwait(false);
        return _answered;
    }

    public Task FailAsync() => Task.CompletedTask;

    // A message that has timed out ends the subscription as well: the client did not want it any more.
    bool IClientEnd.TryCommit()
    {
        message.Connection.LeavePresence(message.Connection.Authorization?.Remove(topic));
        _answered = message.TryAnswer();
        if (_answered)
            message.PostReplyInCommit();
        return true;
    }
}
