using System.Text.Json;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Channels;

/// <summary>
/// A connection on this node as everybody but its actor uses it: what the application calls, what the hub delivers to, and the way out to
/// the socket. Safe from any thread; the actor alone decides about the connection's life.
/// </summary>
internal sealed class Connection : IPikkuChannel, IEventSubscriber
{
    // An event that waits for a handler: what tells the actor of it, and its message with what it needs to run.
    private const int EventWeight = 512;

    private const string NoRoom = "pikku.outbox.max-size is reached";

    private readonly OutboundQueue? _queue;
    private readonly CancellationTokenSource _closed = new();
    private RemoteCalls? _remote;
    private volatile object? _state;
    private int _eventsWeight;
    private int _closing;

    /// <param name="id">Its id, which is unique in the cluster.</param>
    /// <param name="endpoint">The channel that it is on.</param>
    /// <param name="openingData">What was bound from path and query; null where the channel declares none.</param>
    /// <param name="services">The services of the connection, those of its request.</param>
    /// <param name="session">Its session, or none.</param>
    /// <param name="isEnveloped">True on the subprotocol <c>pikku.v1</c>.</param>
    /// <param name="ambient">What user code of this connection sees around it.</param>
    /// <param name="transport">What carries it to its client. It is started here.</param>
    public Connection(
        string id, ChannelEndpoint endpoint, object? openingData, IServiceProvider services, SessionHolder session, bool isEnveloped,
        AmbientContext ambient, IConnectionTransport transport)
    {
        Id = id;
        Endpoint = endpoint;
        OpeningDataOrNull = openingData;
        Services = services;
        Session = session;
        IsEnveloped = isEnveloped;
        Ambient = ambient;
        Transport = transport;
        Lane = (int)((uint)string.GetHashCode(id, StringComparison.Ordinal) % (uint)endpoint.Lanes);
        Inbox = new InboxCredit(endpoint.Settings.Connection);
        Activity = new ActivityClock(endpoint.Clock);
        Outbox = endpoint.NewOutbox(transport);
        _queue = endpoint.NewOutboundQueue(this);
        transport.Start(Outbox);
    }

    public string Id { get; }

    public string Name => Endpoint.Definition.Name;

    public ChannelEndpoint Endpoint { get; }

    public IServiceProvider Services { get; }

    public SubscriptionLedger Subscriptions { get; } = new();

    public SessionHolder Session { get; }

    /// <summary>What user code of this connection sees around it.</summary>
    public AmbientContext Ambient { get; }

    /// <summary>True on the subprotocol <c>pikku.v1</c>, where every message is enveloped.</summary>
    public bool IsEnveloped { get; }

    /// <summary>The lane that all of its messages go through.</summary>
    public int Lane { get; }

    public Outbox Outbox { get; }

    /// <summary>The way to the connection's actor.</summary>
    public ConnectionMailbox Mailbox { get; } = new();

    /// <summary>How much the client may have waiting here.</summary>
    public InboxCredit Inbox { get; }

    /// <summary>When things last happened.</summary>
    public ActivityClock Activity { get; }

    public bool IsOpen => Volatile.Read(ref _closing) == 0;

    public CancellationToken Closed => _closed.Token;

    public object? OpeningDataOrNull { get; }

    /// <summary>What carries the connection to its client.</summary>
    public IConnectionTransport Transport { get; }

    public T GetOpeningData<T>() => OpeningDataOrNull is T data
        ? data
        : throw new InvalidCastException($"The channel '{Name}' declares {Endpoint.Definition.OpeningData?.ToString() ?? "no opening data"}, not {typeof(T)}.");

    public bool TrySend<T>(T message)
    {
        Endpoint.CheckMessage(typeof(T));
        if (!IsOpen || Outgoing(message) is not { } item)
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
            return ValueTask.FromException(Outbox.Ended());
        if (Outgoing(message) is not { } item)
            return default;
        Activity.NoteUsed();
        return _queue is null ? Outbox.AddAsync(item.Message, cancellationToken) : SendThroughAsync(_queue, item, cancellationToken);
    }

    public async ValueTask<TOut?> InvokeAsync<TIn, TOut>(
        ClientFunction<TIn, TOut> function, TIn? data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        Endpoint.CheckClientFunction(function.Name, typeof(TIn), typeof(TOut));
        var calls = LazyInitializer.EnsureInitialized(ref _remote, () => new RemoteCalls(Endpoint.Settings.Remote, Endpoint.Clock, Inbox.SetAnswerAwaited));
        if (!IsOpen)
            calls.Close();
        var answer = await calls.CallAsync(id => Post(Endpoint.EncodeCall(id, function.Name, data)), function.Name, cancellationToken);
        try
        {
            // Read as an input: it comes from a client, too.
            return answer is { } json ? (TOut?)json.Deserialize(InputOptions.Of(Endpoint.Json).Messages.Read(typeof(TOut))) : default;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ClientCallException(
                ClientCallErrorReason.Invalid, ClientCallException.UnnamedError, $"The answer of '{function.Name}' is not a {typeof(TOut).Name}.", e);
        }
    }

    /// <summary>True when the session is there and its time is over: the session says so, which is the application's own type.</summary>
    public bool HasExpired()
    {
        using (Ambient.Enter())
            return Session.IsExpired;
    }

    public T? GetState<T>() => _state is { } state ? (T)state : default;

    public void SetState<T>(T state) => _state = state;

    public void ClearState() => _state = null;

    public void Close(CloseCode code = CloseCode.Normal, string reason = "")
    {
        if (EndOutput(code, reason))
            Mailbox.Tell(new ChannelProtocol.Close(code, reason));
    }

    /// <summary>Takes an event of the hub.</summary>
    public void Deliver(HubEvent hubEvent)
    {
        if (!IsOpen || hubEvent.Channels?.Contains(Name) == false)
            return;
        Activity.NoteUsed();
        Post(Endpoint.EncodeEvent(this, hubEvent));
    }

    /// <summary>Takes an event for a handler. What waits for handlers takes no more memory than what waits for the client.</summary>
    public void Deliver(HubEvent hubEvent, IEventHandler handler)
    {
        if (!IsOpen)
            return;
        var weight = WeightOf(hubEvent);
        var waiting = Interlocked.Add(ref _eventsWeight, weight);
        if (waiting > Endpoint.Settings.Outbox.MaxSize && waiting > weight)
            EndSlowHandlers();
        else
            Mailbox.Tell(new ChannelProtocol.HandleEvent(hubEvent, handler));
    }

    /// <summary>The handler of an event has run, or never will.</summary>
    public void EventHandled(HubEvent hubEvent) => Interlocked.Add(ref _eventsWeight, -WeightOf(hubEvent));

    /// <summary>Sends an item in order with everything else, through the channel middleware if there is any.</summary>
    /// <returns>False when the item was not taken: the connection ends or had no room, and then it is closed.</returns>
    public bool Post(in OutboundItem item)
    {
        if (_queue is null)
            return Write(item.Message);
        if (_queue.Enqueue(item))
            return true;
        Overflow(NoRoom);
        return false;
    }

    /// <summary>Puts a message into the outbox: the end of the way out.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isAwaited">True when its sender has reserved room for it.</param>
    /// <returns>False when the outbox did not take it.</returns>
    public bool Write(EncodedMessage message, bool isAwaited = false)
    {
        var result = isAwaited ? Outbox.AddReserved(message) : Outbox.Add(message);
        if (result == OutboxResult.Full)
            Overflow(NoRoom);
        return result == OutboxResult.Added;
    }

    /// <summary>Cuts the client off, without a close message.</summary>
    public void Abort() => Transport.Abort();

    /// <summary>The client has taken nothing for too long of what waits for it.</summary>
    public void EndStalled() => Overflow("it took nothing for pikku.outbox.stall-timeout");

    /// <summary>Puts the close message behind everything that was sent so far.</summary>
    /// <returns>False when that has been done before.</returns>
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

    /// <summary>The socket has gone: nothing can be sent any more, and whoever waits for the client need not.</summary>
    public void SocketEnded()
    {
        Interlocked.Exchange(ref _closing, 1);
        Activity.NoteClosing();
        _queue?.Abandon();
        Outbox.Abandon();
        _remote?.Close();
        UserCallbacks.Cancel(_closed, Ambient, CallbackFailed);
    }

    /// <summary>What user code registered with a cancellation token of this connection has thrown.</summary>
    public void CallbackFailed(Exception error) => Endpoint.LogCallbackFailure(Id, error);

    /// <summary>Takes a message that is an answer of the client to a call; false when it is none.</summary>
    /// <param name="text">The message.</param>
    /// <param name="expected">True when a call waited for it.</param>
    public bool TryTakeAnswer(ReadOnlySpan<byte> text, out bool expected)
    {
        expected = false;
        return _remote is { Any: true } calls && RemoteAnswers.TryTake(text, calls, Endpoint.Json, out expected);
    }

    /// <summary>The batch of this connection's turn in the channel middleware.</summary>
    public OutboundTurn TakeTurn() => new(this, _queue!.TakeBatch());

    public void EndTurn() => _queue!.EndTurn();

    private static int WeightOf(HubEvent hubEvent) => EventWeight + hubEvent.Message.Length;

    private OutboundItem? Outgoing<T>(T message) => Endpoint.EncodeMessage(this, message);

    // The size of what middleware makes of it is not known before: room is reserved for it, for one such message at a time.
    private async ValueTask SendThroughAsync(OutboundQueue queue, OutboundItem item, CancellationToken cancellationToken)
    {
        await Outbox.ReserveAsync(cancellationToken);
        try
        {
            // Middleware that blocks its thread ends no turn; the end of the connection ends the wait.
            await queue.EnqueueAwaitedAsync(item).WaitAsync(Closed);
        }
        finally
        {
            Outbox.Release();
        }
    }

    private void Overflow(string reason)
    {
        if (!IsOpen)
            return;
        Endpoint.LogSlowConsumer(this, reason);
        Cut("slow consumer");
    }

    private void EndSlowHandlers()
    {
        if (!IsOpen)
            return;
        Endpoint.LogSlowHandlers(this);
        Cut("slow handlers");
    }

    private void Cut(string reason)
    {
        // First: whoever else closes the connection has a close message in the queue, which must not be thrown away.
        if (Interlocked.Exchange(ref _closing, 1) != 0)
            return;
        Endpoint.CountOverflow();
        Activity.NoteClosing();
        // What waits can't be delivered in order any more; the client learns it from the code and fetches what it missed.
        _queue?.Abandon();
        Outbox.Complete(CloseMessage.Encode(CloseCode.TryAgainLater, reason));
        Mailbox.Tell(new ChannelProtocol.Close(CloseCode.TryAgainLater, reason));
    }
}
