using Pikku.Akka.EventHub;

namespace Pikku.Akka.Channels;

/// <summary>Makes the subscription that a message asks for, in a turn of the lane of its topic (<see cref="MessageCommit"/>).</summary>
/// <param name="message">The message.</param>
/// <param name="subscription">The subscription.</param>
internal sealed class SubscribeCommit(InboundMessage message, ClientSubscription subscription) : IMessageCommit, IClientChange
{
    private Outcome _outcome;

    private enum Outcome
    {
        /// <summary>The lane has not decided: the connection has ended.</summary>
        None,

        /// <summary>The authorization of the connection has changed since the permissions were asked.</summary>
        Stale,

        /// <summary>The deadline of the message was first.</summary>
        Late,

        /// <summary>The client is subscribed and has the reply.</summary>
        Done,
    }

    public bool IsDue => subscription.IsAllowed;

    string IClientChange.Topic => subscription.Name;

    IEventSubscriber IClientChange.Subscriber => Connection;

    TopicType IClientChange.Type => subscription.Topic.Type;

    private Connection Connection => message.Connection;

    public OutboundItem EncodeReply(ReplyFactory replies, TextMessage message) => replies.Subscribed(message, subscription.Name);

    public async Task<bool> RunAsync()
    {
        while (true)
        {
            _outcome = Outcome.None;
            await ClientChanges.RunAsync(Connection, this).ConfigureAwait(false);
            if (_outcome != Outcome.Stale || message.IsAbandoned)
                return _outcome == Outcome.Done;

            subscription.BeginCheck();
            ValueTask checking;
            using (message.Ambient.Enter())
                checking = subscription.Topic.Runner.AuthorizeAsync(message);
            await checking.ConfigureAwait(false);
        }
    }

    // A subscription to the same topic may exist. If the client was denied the new one, the old one must not continue, so its permissions are asked again. A
    // refusal ends it, and the client is told before the reply.
    public Task FailAsync() => Connection.GetAuthorization().ReviewAsync(subscription.Name);

    bool IClientChange.TryCommit()
    {
        var subscriptions = Connection.GetAuthorization();
        if (!subscriptions.TryActivate(subscription, out var previous))
        {
            _outcome = Outcome.Stale;
            return false;
        }

        if (!message.TryAnswer())
        {
            subscriptions.Replace(subscription, previous);
            _outcome = Outcome.Late;
            return false;
        }

        message.PostReplyInCommit();
        _outcome = Outcome.Done;
        return true;
    }
}
