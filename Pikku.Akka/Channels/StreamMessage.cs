using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Channels;

/// <summary>
/// The only message of an event stream: its request subscribes to the topic in its path. It has the gates, the place in the order and the deadline of a message that
/// subscribes. It is answered by the status of the response and not by a message.
/// </summary>
/// <param name="connection">The connection of the stream.</param>
/// <param name="topic">The name of the topic.</param>
/// <param name="since">The position of the client; null when it has none.</param>
internal sealed class StreamMessage(Connection connection, string topic, Position? since) : ClientMessage(connection, [], 0)
{
    private readonly TaskCompletionSource<ErrorInfo?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SubscribeCommit? _commit;
    private ErrorInfo? _error;

    /// <summary>The reason why the client is not subscribed; null when it is. Canceled when the connection ended before.</summary>
    public Task<ErrorInfo?> Answer => _answer.Task;

    /// <summary>What follows of the past, when the client is subscribed.</summary>
    public SubscribedReply Reply => _commit!.Reply!;

    /// <summary>The number of events that the outbox has got with the subscription.</summary>
    public int Replayed => _commit!.Replayed;

    public override string Kind => "Stream";

    public override IMessageCommit? Commit => _commit;

    /// <summary>Sends the message to the actor of its connection.</summary>
    public void Send()
    {
        Connection.Inbox.TakeCredit(Length);
        Connection.Mailbox.Tell(this);
    }

    public override OutboundItem? EncodeError(ReplyFactory replies, in ErrorInfo info)
    {
        _error = info;
        return null;
    }

    public override void Conclude(IConnectionLife life, Exception? error)
    {
        base.Conclude(life, error);
        if (error is null && _commit is { IsDue: true })
            _answer.TrySetResult(null);
        else
            _answer.TrySetResult(_error ?? Endpoint.DescribeFailure(Label, Connection.Id, new ForbiddenError("Middleware did not call the rest of its chain.")));
    }

    public override void Discard()
    {
        base.Discard();
        _answer.TrySetCanceled();
    }

    // The message has no buffer.
    public override void ReleaseBuffer() { }

    protected override void BindAction()
    {
        var name = SubscriptionName.Validate(topic, Endpoint);
        if (Endpoint.Definition.Subscriptions is not { } routes || !routes.TryFind(name, out var found, out var values))
            throw new NotFoundError("The channel has no topic of this name that clients may subscribe to.");
        Bind(found.Action, default);
        var subscription = new ClientSubscription(Connection.GetAuthorization(), found, name, values) { Since = since, ReadsRecovery = true };
        TopicCall = subscription;
        _commit = new SubscribeCommit(this, subscription);
    }
}
