using System.Security.Claims;
using System.Text.Json;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Channels;

/// <summary>
/// The thread-safe side of a connection on this node: the API for the application, the receiver of hub events, and the path to the socket. The actor of
/// the connection alone decides about its lifecycle. The base class has what the connection knows of its client.
/// </summary>
internal sealed partial class Connection : ConnectedClient, IPikkuChannel, IEventSubscriber, ITransportReport
{
    private const string SizeReached = "pikku.outbox.max-size is reached";

    private readonly OutboundQueue? _queue;
    private readonly CancellationTokenSource _closed = new();
    private RemoteCalls? _remote;
    private int _eventsWeight;
    private int _closing;
    private int _slots;

    /// <param name="id">The id of the connection, which is unique in the cluster.</param>
    /// <param name="endpoint">The channel of the connection.</param>
    /// <param name="openingData">The opening data that was bound from path and query; null when the channel declares none.</param>
    /// <param name="services">The services of the connection, which are the scoped services of its request.</param>
    /// <param name="session">Holds the session of the connection, if there is one.</param>
    /// <param name="isEnveloped">True on the subprotocol <c>pikku.v1</c>.</param>
    /// <param name="ambient">The ambient context (<see cref="ExecutionContext"/>) in which user code of this connection runs.</param>
    /// <param name="transport">The transport that carries the connection. The constructor starts it.</param>
    /// <param name="user">The principal that was authenticated at the upgrade; null for none. It is kept only if a policy may be asked about it.</param>
    public Connection(
        string id, ChannelEndpoint endpoint, object? openingData, IServiceProvider services, SessionHolder session, bool isEnveloped,
        AmbientContext ambient, IConnectionTransport transport, ClaimsPrincipal? user = null)
        : base(id, endpoint, openingData, services, session, ambient, user)
    {
        IsEnveloped = isEnveloped;
        Transport = transport;
        Lane = (byte)((uint)string.GetHashCode(id, StringComparison.Ordinal) % (uint)endpoint.Lanes);
        Inbox = new InboxCredit(endpoint.Settings.Connection);
        Activity = new ActivityClock(endpoint.Clock);
        Outbox = endpoint.NewOutbox(this, transport);
        _queue = endpoint.NewOutboundQueue(this);
        if (endpoint.Definition.Permission is not null)
            GetAuthorization();
        transport.Start(Outbox, this);
    }

    /// <summary>True on the subprotocol <c>pikku.v1</c>, where every message is enveloped.</summary>
    public bool IsEnveloped { get; }

    /// <summary>The number of the lane that processes all messages of this connection.</summary>
    public byte Lane { get; } // at most 64 lanes; one byte, so that _slots makes the connection no larger

    public Outbox Outbox { get; }

    /// <summary>Sends messages to the actor of this connection.</summary>
    public ConnectionMailbox Mailbox { get; } = new();

    /// <summary>Limits the messages of the client that wait on this node.</summary>
    public InboxCredit Inbox { get; }

    /// <summary>The times of the last activity.</summary>
    public ActivityClock Activity { get; }

    public bool IsOpen => Volatile.Read(ref _closing) == 0;

    public CancellationToken Closed => _closed.Token;

    /// <summary>The transport that carries the connection.</summary>
    public IConnectionTransport Transport { get; }

    public bool TrySend<T>(T message)
    {
        Endpoint.CheckMessage(typeof(T));
        if (!IsOpen || Encode(message) is not { } item)
            return false;
        Activity.NoteUsed();
        return Post(item);
    }

    public ValueTask SendAsync<T>(T message, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        Endpoint.CheckMessage(typeof(T));
        if (!IsOpen)
            return ValueTask.FromException(Outbox.EndedException());
        if (Encode(message) is not { } item)
            return default;
        Activity.NoteUsed();
        return _queue is null ? Outbox.AddAsync(item.Message, cancellationToken) : _queue.SendAsync(item, cancellationToken);
    }

    public ValueTask<TOut?> InvokeAsync<TIn, TOut>(ClientFunction<TIn, TOut> function, TIn? data, CancellationToken cancellationToken = default) =>
        PikkuActivities.HasListeners ? InvokeInSpanAsync(function, data, cancellationToken) : InvokeWithinAsync(function, data, cancellationToken);

    /// <summary>Calls a function of the client.</summary>
    /// <param name="function">The name of the function.</param>
    /// <param name="data">The argument.</param>
    /// <param name="pending">Called when the client has to ask its user; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ClientCallException">The call failed; the exception contains the reason.</exception>
    public ValueTask<JsonElement?> CallAsync<T>(string function, T? data, Action? pending, CancellationToken cancellationToken)
    {
        var calls = LazyInitializer.EnsureInitialized(ref _remote, () => new RemoteCalls(Endpoint.Settings.Remote, Endpoint.Clock, Inbox.SetAnswerAwaited));
        if (!IsOpen)
            calls.Close();
        return calls.CallAsync(id => Post(Endpoint.EncodeCall(id, function, data)), function, pending, cancellationToken);
    }

    public void Close(CloseCode code = CloseCode.Normal, string reason = "")
    {
        if (EndOutput(code, reason))
            Mailbox.Tell(new ChannelProtocol.Close(code, reason));
    }

    /// <summary>True when the sender of a message permits the channel of this connection; events of topics have no such restriction.</summary>
    public bool Accepts(HubEvent hubEvent) => hubEvent.Channels?.Contains(Name) != false;

    /// <summary>Sends an event of the hub to the client.</summary>
    public void Deliver(HubEvent hubEvent)
    {
        if (!IsOpen || !Accepts(hubEvent))
            return;
        Activity.NoteUsed();
        Post(Endpoint.EncodeEvent(this, hubEvent));
    }

    public void ClientSubscriptionEnded(string topic) => Authorization?.NoteEnded(topic);

    /// <summary>Queues an event for a handler. The waiting events are bounded by the same size as the outbox.</summary>
    public void Deliver(HubEvent hubEvent, IEventHandler handler)
    {
        if (!IsOpen)
            return;
        var weight = EventMessage.WeightOf(hubEvent);
        var waiting = Interlocked.Add(ref _eventsWeight, weight);
        if (waiting > Endpoint.Settings.Outbox.MaxSize && waiting > weight)
            EndSlowHandlers();
        else
            Mailbox.Tell(new ChannelProtocol.HandleEvent(hubEvent, handler));
    }

    /// <summary>Releases the memory that was reserved for an event, after its handler has completed or when it will never run.</summary>
    public void EventHandled(HubEvent hubEvent) => Interlocked.Add(ref _eventsWeight, -EventMessage.WeightOf(hubEvent));

    /// <summary>Sends an item in order with all other items, through the channel middleware if the channel has any.</summary>
    /// <returns>False when the item was not accepted, because the connection closes or because there was no room. In the latter case the connection is closed.</returns>
    public bool Post(in OutboundItem item)
    {
        if (_queue is null)
            return Write(item.Message);
        if (_queue.Enqueue(item))
            return true;
        Overflow(SizeReached);
        return false;
    }

    /// <summary>Sends an item for which the sender has reserved room in the outbox. The task completes when the item is in the outbox.</summary>
    public Task PostReserved(in OutboundItem item)
    {
        if (_queue is not null)
            return _queue.EnqueueAwaitedAsync(item);
        return Write(item.Message, isAwaited: true) ? Task.CompletedTask : Task.FromException(Outbox.EndedException());
    }

    /// <summary>Tells the client that the server has ended a subscription.</summary>
    public void PostSubscriptionEnded(ClientSubscription subscription, Exception error)
    {
        Post(Endpoint.EncodeSubscriptionEnded(this, subscription, error));
        if (Transport.ServesOneSubscription)
            Close(CloseCode.PolicyViolation, "the subscription has ended");
    }

    /// <summary>Adds a message to the outbox, which is the last step before the transport.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isAwaited">True when its sender has reserved room for it.</param>
    /// <returns>False when the outbox did not accept the message.</returns>
    public bool Write(EncodedMessage message, bool isAwaited = false)
    {
        var result = isAwaited ? Outbox.AddReserved(message) : Outbox.Add(message);
        if (result == OutboxResult.Full)
            Overflow(SizeReached);
        return result == OutboxResult.Added;
    }

    /// <summary>True while a stream runs, or a cancelled call whose function has not ended.</summary>
    public bool HasStreams => Volatile.Read(ref _slots) != 0;

    /// <summary>Takes a slot for a call that may run outside of the in-flight window; false when all <c>pikku.channel.max-streams</c> are taken.</summary>
    public bool TryTakeSlot()
    {
        if (Interlocked.Increment(ref _slots) <= Endpoint.Settings.Channel.MaxStreams)
            return true;
        Interlocked.Decrement(ref _slots);
        return false;
    }

    /// <summary>Returns a slot, because the function of its call has ended.</summary>
    public void ReleaseSlot() => Interlocked.Decrement(ref _slots);

    /// <summary>Aborts the connection without a close message.</summary>
    public void Abort() => Transport.Abort();

    /// <summary>Closes the connection because the client has read nothing for too long.</summary>
    public void EndStalled() => Overflow("it took nothing for pikku.outbox.stall-timeout");

    /// <summary>Adds the close message after all messages that were sent so far.</summary>
    /// <returns>False when the output was ended before.</returns>
    public bool EndOutput(CloseCode code, string reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0)
            return false;
        Activity.NoteClosing();
        var last = new OutboundItem(CloseMessage.Encode(code, reason)) { IsLast = true };
        if (_queue is null)
            Outbox.Complete(last.Message);
        else
            _queue.Enqueue(last);
        return true;
    }

    /// <summary>Called when the socket has ended: discards waiting messages, fails open calls and waiting senders, and cancels <see cref="Closed"/>.</summary>
    public void SocketEnded()
    {
        Interlocked.Exchange(ref _closing, 1);
        Activity.NoteClosing();
        _queue?.Abandon();
        Outbox.Abandon();
        _remote?.Close();
        UserCallbacks.Cancel(_closed, Ambient, CallbackFailed);
    }

    /// <summary>Consumes a message that is an answer of the client to a call; false for any other message.</summary>
    /// <param name="text">The message.</param>
    /// <param name="expected">True when an open call waited for this answer.</param>
    public bool TryTakeAnswer(ReadOnlySpan<byte> text, out bool expected)
    {
        expected = false;
        return _remote is { HasOpen: true } calls && RemoteAnswers.TryTake(text, calls, Endpoint.Json, out expected);
    }

    void ITransportReport.Written(long bytes) => Endpoint.CountSent(Transport, bytes);

    void ITransportReport.Failed(Exception error) => Endpoint.LogEnded(this, error.Message);

    /// <summary>Takes the batch of items for this connection's turn in the channel middleware.</summary>
    public OutboundTurn TakeTurn() => new(this, _queue!.TakeBatch());

    public void EndTurn() => _queue!.EndTurn();

    private protected override ConnectionAuthorization NewAuthorization() => new(this);

    private OutboundItem? Encode<T>(T message) => Endpoint.EncodeMessage(this, message);

    private void Overflow(string reason)
    {
        if (!IsOpen)
            return;
        Endpoint.LogSlowConsumer(this, reason);
        CloseOverflowed("slow consumer");
    }

    private void EndSlowHandlers()
    {
        if (!IsOpen)
            return;
        Endpoint.LogSlowHandlers(this);
        CloseOverflowed("slow handlers");
    }

    // A method of its own, so that a call without a listener creates no closure.
    private ValueTask<TOut?> InvokeInSpanAsync<TIn, TOut>(ClientFunction<TIn, TOut> function, TIn? data, CancellationToken cancellationToken) =>
        ClientCallSpan.RunAsync(Name, function?.Name, () => InvokeWithinAsync(function!, data, cancellationToken));

    private async ValueTask<TOut?> InvokeWithinAsync<TIn, TOut>(ClientFunction<TIn, TOut> function, TIn? data, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        Endpoint.CheckClientFunction(function.Name, typeof(TIn), typeof(TOut));
        return RemoteAnswers.ReadResult<TOut>(await CallAsync(function.Name, data, pending: null, cancellationToken), function.Name, Endpoint.Json);
    }

    private void CloseOverflowed(string reason)
    {
        // This must come first: if another thread closes the connection, its close message is in the queue and must not be discarded.
        if (Interlocked.Exchange(ref _closing, 1) != 0)
            return;
        Endpoint.CountOverflow();
        Activity.NoteClosing();
        // The waiting messages can no longer be delivered in order. The close code tells the client to reconnect and fetch what it missed.
        _queue?.Abandon();
        Outbox.Complete(CloseMessage.Encode(CloseCode.TryAgainLater, reason));
        Mailbox.Tell(new ChannelProtocol.Close(CloseCode.TryAgainLater, reason));
    }
}
