using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Connections;

/// <summary>
/// The life of one connection: <c>onConnect</c>, its messages in order, <c>onDisconnect</c>. Decides by <see cref="ConnectionState"/>;
/// what is to be done goes to a lane of the channel, what comes of it goes out from here.
/// </summary>
internal sealed class ConnectionActor : UntypedActor
{
    private const int NoCloseFrame = 1006; // RFC 6455 §7.1.5: the code of a connection that ended without a close frame

    private readonly Connection _channel;
    private readonly InboxCredit _credit;
    private readonly Action<Connection> _unsubscribe;
    private readonly TaskCompletionSource _ended;
    private readonly ConnectionState _state;
    private MessageRate? _rate;
    private Burst? _burst;
    private int _closeCode = NoCloseFrame;
    private bool _socketEnded;
    private bool _neverConnected;
    private bool _failed;

    public ConnectionActor(ConnectionProtocol.Open open, Action<Connection> unsubscribe)
    {
        _channel = open.Channel;
        _credit = open.Inbox;
        _ended = open.Ended;
        _unsubscribe = unsubscribe;
        _state = new ConnectionState(_channel.Runtime.Settings.Channel.MaxInFlight);
    }

    private ChannelEndpoint Runtime => _channel.Runtime;

    public static Props Props(ConnectionProtocol.Open open, Action<Connection> unsubscribe) =>
        global::Akka.Actor.Props.CreateBy(new ConnectionActorProducer(open, unsubscribe)).WithMailbox(SparseMailbox.Id);

    protected override void PreStart()
    {
        _channel.Owner = Self;
        _channel.AwaitingAnswer = _credit.Widen;
        Runtime.Metrics.Connected(_channel.Name);
        if (Runtime.Definition.OnConnect is null)
            _state.Opened();
        else
            HandOver(Exchange.OfLifecycle(_channel, ExchangeKind.Connect));
        GoOn();
    }

    protected override void OnReceive(object message)
    {
        try
        {
            Handle(message);
            GoOn();
        }
        catch (Exception e) when (!_failed)
        {
            CutOff(e);
            GoOn();
        }
    }

    protected override void PostStop()
    {
        try
        {
            if (!_state.IsEnded)
            {
                // Only a bug, or the end of the actor system, stops a connection in the middle of its life.
                EndSocketSide();
                _channel.Abort();
            }

            Runtime.Metrics.Disconnected(_channel.Name, _closeCode);
        }
        finally
        {
            // Whatever went wrong, the request of the upgrade waits for this.
            _ended.TrySetResult();
        }
    }

    private void Handle(object message)
    {
        switch (message)
        {
            case ConnectionProtocol.Received received:
                OnReceived(received);
                break;
            case ChannelProtocol.Completed completed:
                _channel.LastUsed = Runtime.Clock.GetTimestamp();
                OnCompleted(completed.Exchange);
                break;
            case ChannelProtocol.Progressed progressed when progressed.Burst == _burst:
                OnProgressed(progressed.Burst);
                break;
            case ChannelProtocol.Progressed:
                break; // of a burst that the deadline ended
            case ChannelProtocol.HandleEvent handle:
                OnHandleEvent(handle);
                break;
            case ChannelProtocol.Close close:
                Close(close.Code, close.Reason);
                break;
            case ConnectionProtocol.SocketEnded ended:
                OnSocketEnded(ended);
                break;
            case ConnectionProtocol.CheckDeadlines:
                OnCheckDeadlines();
                break;
            case ConnectionProtocol.SessionExpired:
                OnSessionExpired();
                break;
            case ConnectionProtocol.Drain:
                _state.Drain();
                OnCheckDeadlines(); // what only waits for its services has less time from now on
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // A bug. The client is cut off, but the actor lives until onDisconnect has run: whatever onConnect took is to be given back (I1).
    private void CutOff(Exception error)
    {
        _failed = true;
        Runtime.Log.ConnectionFailed(_channel.Name, _channel.Id, error);
        DropWaiting();
        _channel.Abort();
    }

    private void OnReceived(ConnectionProtocol.Received received)
    {
        var now = Runtime.Clock.GetTimestamp();
        _channel.LastUsed = now;
        Runtime.Metrics.Received(_channel.Name, received.Count);
        for (var exchange = received.First; exchange is not null; exchange = TakeNext(exchange))
        {
            // Answers first: while a node drains, a function that is still under way may wait for one.
            var expected = false;
            var isAnswer = exchange.Kind == ExchangeKind.Text && _channel.TryTakeAnswer(exchange.Frame.Span, out expected);
            if (expected || !_state.Accepts)
            {
                Discard(exchange);
                continue;
            }

            _rate ??= new MessageRate(Runtime.Settings.Limits, Runtime.Clock);
            exchange.IsOverRate = !_rate.TryTake(now);
            if (_rate.IsHopeless)
            {
                Discard(exchange);
                Close(CloseCode.PolicyViolation, "too many messages");
                continue;
            }

            // One that no call waits for has no reply, and costs what a message does.
            if (isAnswer)
            {
                Discard(exchange);
                continue;
            }

            _state.Enqueue(exchange);
        }
    }

    private static Exchange? TakeNext(Exchange exchange)
    {
        // The chain would keep the whole burst alive as long as its last message.
        var next = exchange.Next;
        exchange.Next = null;
        return next;
    }

    private void OnHandleEvent(ChannelProtocol.HandleEvent handle)
    {
        if (_state.Accepts)
            _state.Enqueue(Exchange.OfEvent(_channel, handle.Event, handle.Handler));
        else
            _channel.EventHandled(handle.Event);
    }

    private void OnCompleted(Exchange exchange)
    {
        Conclude(exchange, exchange.Error);
        exchange.ReleaseBuffer();
    }

    private void OnProgressed(Burst burst)
    {
        burst.Look();
        _channel.LastUsed = Runtime.Clock.GetTimestamp();
        // Read before what has finished is concluded: the message that ends the burst counts as finished first, so none that is over is taken back.
        var hasEnded = burst.HasEnded;
        Conclude(burst);
        if (hasEnded)
            TakeBack(burst);
        else if (!_channel.IsOpen)
            DropSuspended(burst);
    }

    // What is over, up to the message that runs.
    private void Conclude(Burst burst)
    {
        while (burst.Concluded < burst.Finished)
        {
            var exchange = burst.Exchanges[burst.Concluded++];
            if (burst.Concluded < burst.Exchanges.Count)
                _state.Begin(burst.Exchanges[burst.Concluded]);
            OnCompleted(exchange);
        }
    }

    // What has not begun waits again, in front of the others.
    private void TakeBack(Burst burst)
    {
        _burst = null;
        for (var i = burst.Exchanges.Count - 1; i >= burst.Concluded; i--)
        {
            var exchange = burst.Exchanges[i];
            _state.End(exchange);
            // Closed, as the message that says so to this actor may still be on its way.
            if (!burst.IsDropped && (!_channel.IsOpen || !_state.TryPutBack(exchange)))
                Discard(exchange);
        }
    }

    private void OnCheckDeadlines()
    {
        if (_burst is { } burst)
            Conclude(burst);
        foreach (var exchange in _state.InFlight)
            LookForBlocking(exchange);
        var late = _state.InFlight.Where(e => e.StartedAt is var began and not 0 && Runtime.Clock.GetElapsedTime(began) >= DeadlineOf(e)).ToArray();
        foreach (var exchange in late)
        {
            var deadline = DeadlineOf(exchange);
            switch (exchange.Expire())
            {
                case Expiry.Unanswered:
                    Abandon(exchange, deadline, new RequestTimeoutError());
                    break;
                case Expiry.Undisposed:
                    Runtime.Metrics.Abandoned(_channel.Name);
                    Runtime.Log.ServicesGivenUp(LabelOf(exchange), _channel.Id, deadline);
                    GiveUp(exchange, exchange.Error);
                    break;
                case Expiry.None:
                    break; // it is done, and its message waits behind this one
            }
        }
    }

    // Two looks apart, so that what it waited for before does not count. Once a minute for each function: many connections see the same.
    private void LookForBlocking(Exchange exchange)
    {
        var now = Runtime.Clock.GetTimestamp();
        if (exchange.FunctionPhase != FunctionPhase.OnThread && !exchange.IsInMiddleware)
            exchange.HeldSince = 0;
        else if (exchange.HeldSince == 0)
            exchange.HeldSince = now;
        else if (Runtime.Settings.Function.BlockingWarning is var patience && patience != Timeout.InfiniteTimeSpan
            && Runtime.Clock.GetElapsedTime(exchange.HeldSince, now) is var held && held >= patience)
            Runtime.TellOfBlocking(exchange, held, now);
    }

    private static string HowFar(Exchange exchange) => exchange switch
    {
        { IsInMiddleware: true } or { FunctionPhase: FunctionPhase.OnThread } => "it blocks its thread",
        { FunctionPhase: FunctionPhase.OffThread } => "it waits for something that does not come",
        { Action: { } action } when !action.Actor.Equals(action.LocalActor) => "it runs on another node",
        _ => "its function has not begun, for every instance of it is busy",
    };

    private void Abandon(Exchange exchange, TimeSpan deadline, RequestTimeoutError error)
    {
        Runtime.Metrics.Abandoned(_channel.Name);
        Runtime.Log.Abandoned(LabelOf(exchange), _channel.Id, deadline, HowFar(exchange));
        if (exchange.Kind == ExchangeKind.Text)
        {
            // It may not have got as far as decode, when it was its lane that hung; the answer names the message all the same.
            MessageScanner.Scan(exchange.Frame.Span, Runtime.Definition.Routes, _channel.IsEnveloped, out var scan);
            exchange.Scan = scan;
        }

        exchange.Fail(error);
        using (_channel.Ambient.Enter())
            exchange.Outcome = Runtime.Replies.ForError(exchange, error); // not what the run may make of the exchange meanwhile
        exchange.EndSpan();
        GiveUp(exchange, error);
    }

    // What ran for it may go on for as long as it likes; nobody waits for it any more.
    private void GiveUp(Exchange exchange, Exception? error)
    {
        Conclude(exchange, error);
        if (exchange.Burst is { } burst && burst == _burst)
        {
            burst.Concluded++;
            TakeBack(burst);
        }

        // Last: what the function does about it must not meet the answer in the making.
        exchange.Cancel();
    }

    private static string LabelOf(Exchange exchange) => exchange.Action?.Label ?? exchange.Kind.ToString();

    private TimeSpan DeadlineOf(Exchange exchange)
    {
        var deadline = exchange.Kind == ExchangeKind.Connect ? Runtime.Settings.Connection.HandshakeTimeout : Runtime.Settings.Function.Timeout;
        // Only the disposal of services keeps a connection that is to end, and with it a node that drains.
        return exchange.IsDisposing && !(_state.Accepts && _channel.IsOpen) && Runtime.Settings.Connection.CloseTimeout is var closing && closing < deadline
            ? closing
            : deadline;
    }

    private void OnSessionExpired()
    {
        if (Runtime.Settings.Session.OnExpiry == Settings.SessionExpiry.Downgrade)
        {
            using (_channel.Ambient.Enter())
                _channel.Session.ClearExpired();
        }
        else if (_channel.HasExpired()) // a message may have renewed it since the sweep
        {
            Close(CloseCode.PolicyViolation, "session expired");
        }
    }

    private void OnSocketEnded(ConnectionProtocol.SocketEnded ended)
    {
        _closeCode = ended.Code;
        EndSocketSide();
    }

    private void EndSocketSide()
    {
        _socketEnded = true;
        _channel.SocketEnded();
        if (_burst is { } burst)
            Conclude(burst);
        foreach (var exchange in _state.InFlight)
            exchange.Cancel();
        DropWaiting();
        _unsubscribe(_channel);
        OnCheckDeadlines(); // what only waits for its services has less time from now on
    }

    // What an exchange leaves behind, whoever ended it.
    private void Conclude(Exchange exchange, Exception? error)
    {
        if (!_state.End(exchange))
            return;
        if (exchange.Kind is ExchangeKind.Text or ExchangeKind.Binary)
            _credit.Return(exchange.Frame.Length);
        if (exchange.Outcome is { } outcome && _channel.IsOpen)
            _channel.Post(outcome);

        switch (exchange.Kind)
        {
            case ExchangeKind.Connect when error is not null:
                Close(CloseCodeOf(error), "onConnect failed");
                break;
            case ExchangeKind.Connect:
                _state.Opened();
                break;
            case ExchangeKind.Disconnect:
                _state.Ended();
                break;
            case ExchangeKind.Event:
                _channel.EventHandled(exchange.HubEvent!);
                break;
            default:
                if (exchange.IsViolation)
                    _rate?.TakeForViolation();
                if (error is not null && Runtime.Settings.Channel.CloseOnError)
                    Close(CloseCodeOf(error), "a message failed");
                break;
        }
    }

    // The next messages as far as the window lets them, or the end when nothing is left to do.
    private void GoOn()
    {
        while (_state.TryNext() is { } next)
        {
            _burst = _state.TryGather(next);
            _burst?.Join();
            HandOver(next);
        }

        if (_state.IsDrained)
            Close(CloseCode.GoingAway, Runtime.Settings.Shutdown.GoingAway());
        if (_socketEnded && _state.IsQuiet)
            Disconnect();
        _channel.BusySince = _state.InFlight is not [var oldest, ..] ? 0 : oldest.StartedAt is var began and not 0 ? began : Runtime.Clock.GetTimestamp();
        if (_state.IsEnded)
            Context.Stop(Self);
    }

    private void HandOver(Exchange exchange)
    {
        exchange.StartedAt = Runtime.Clock.GetTimestamp();
        _state.Begin(exchange);
        if (Runtime.TryHandOver(exchange))
            return;
        if (exchange.Kind == ExchangeKind.Disconnect)
        {
            // I1: it runs whatever happens, so it goes past a lane that has no room.
            InboundStages.Dispatch(InboundStages.Decode(exchange));
            return;
        }

        _neverConnected |= exchange.Kind == ExchangeKind.Connect;
        InboundStages.Shed(exchange);
    }

    private void Disconnect()
    {
        _state.Disconnecting();
        if (Runtime.Definition.OnDisconnect is null || _neverConnected)
            _state.Ended();
        else
            HandOver(Exchange.OfLifecycle(_channel, ExchangeKind.Disconnect));
    }

    private void Close(CloseCode code, string reason)
    {
        if (_channel.EndOutput(code, reason) && code is not (CloseCode.Normal or CloseCode.GoingAway))
            Runtime.Log.Closing(_channel.Name, _channel.Id, reason);
        DropWaiting();
    }

    private void DropWaiting()
    {
        foreach (var exchange in _state.Close())
        {
            if (exchange.Kind == ExchangeKind.Event)
                _channel.EventHandled(exchange.HubEvent!);
            else
                Discard(exchange);
        }

        if (_burst is { } burst)
            DropSuspended(burst);
    }

    // The message that runs may run for long; what stands behind it never will.
    private void DropSuspended(Burst burst)
    {
        if (!burst.IsSuspended || burst.IsDropped)
            return;
        burst.IsDropped = true;
        for (var i = burst.SuspendedAt + 1; i < burst.Exchanges.Count; i++)
            Discard(burst.Exchanges[i]);
    }

    private void Discard(Exchange exchange)
    {
        _credit.Return(exchange.Frame.Length);
        exchange.ReleaseBuffer();
    }

    private CloseCode CloseCodeOf(Exception error)
    {
        using (_channel.Ambient.Enter())
            return Runtime.Errors.For(error).Status is 401 or 403 ? CloseCode.PolicyViolation : CloseCode.InternalError;
    }
}
