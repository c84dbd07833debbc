using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>
/// The lifecycle of one connection: <c>onConnect</c>, its messages in order, <c>onDisconnect</c>. It combines the decisions of <see cref="ConnectionState"/>,
/// <see cref="InboundQueue"/>, <see cref="MessageRate"/> and <see cref="MessageDeadlines"/>. It does not depend on actors. One caller at a time, the
/// connection's actor, which calls <see cref="Continue"/> after every other method.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="unsubscribe">Removes all subscriptions of the connection.</param>
internal sealed partial class ConnectionLife(Connection connection, Action<Connection> unsubscribe) : IConnectionLife
{
    private readonly ChannelEndpoint _endpoint = connection.Endpoint;
    private readonly ConnectionState _state = new();
    private readonly InboundQueue _inbound = new(connection.Endpoint.Settings.Channel.MaxInFlight);
    private MessageRate? _rate;
    private ConnectionStreams? _streams;
    private PingAnswers _pings;
    private bool _socketEnded;
    private bool _neverConnected;
    private bool _endsStreams;

    /// <summary>The close code with which the socket ended.</summary>
    public int CloseCode { get; private set; } = CloseMessage.NoClose;

    /// <summary>True when the connection has ended, including <c>onDisconnect</c>.</summary>
    public bool IsEnded => _state.IsEnded;

    /// <summary>Starts <c>onConnect</c>, or opens the connection if the channel has none.</summary>
    public void Begin()
    {
        _endpoint.CountConnected(connection);
        if (_endpoint.Definition.OnConnect is null)
            _state.Open();
        else
            _neverConnected = !TryStart(_inbound.StartTurn(new ConnectMessage(connection)));
    }

    /// <summary>Receives messages that were read together, as a linked list.</summary>
    public void Receive(ClientMessage first)
    {
        var now = _endpoint.Clock.GetTimestamp();
        connection.Activity.NoteUsed(now);
        var count = 0;
        for (InboundMessage? message = first; message is not null; count++)
        {
            var next = message.Next;
            message.Next = null;
            Receive((ClientMessage)message, now);
            message = next;
        }

        _endpoint.CountReceived(count);
    }

    /// <summary>Receives an event for a handler.</summary>
    public void Receive(HubEvent hubEvent, IEventHandler handler)
    {
        if (_state.AcceptsMessages)
            _inbound.Enqueue(new EventMessage(connection, hubEvent, handler));
        else
            connection.EventHandled(hubEvent);
    }

    /// <summary>Concludes the completed messages of a turn that has reported progress.</summary>
    public void ReadProgress(InboundTurn turn)
    {
        connection.Activity.NoteUsed();
        if (turn.IsInFlight) // otherwise a deadline has already ended it
            ConcludeCompleted(turn);
    }

    /// <summary>Starts the messages that may begin, and closes or disconnects the connection when no work is left.</summary>
    public void Continue()
    {
        while (_state.StartsMessages && _inbound.TryStartTurn() is { } turn)
            TryStart(turn);

        if (_state.IsDraining && _inbound.IsEmpty && _streams is not { HaveEnded: false })
            Close(Akka.CloseCode.GoingAway, _endpoint.Settings.Shutdown.GoingAway());
        if (_socketEnded && _state.IsClosing && _inbound.IsIdle && _streams is not { IsEmpty: false })
            Disconnect();
        connection.Activity.NoteBusy(ReadBusySince());
    }

    /// <summary>Forgets a stream whose function has ended, and closes the connection if it failed and errors close it.</summary>
    public void EndStream(ClientMessage message)
    {
        _streams?.Remove(message);
        if (message is { Error: { } error, ClosesOnError: true, Stream.EndedAt: 0 } && connection.IsOpen)
            Close(_endpoint.CloseCodeOf(connection, error), "a message failed");
    }

    /// <summary>Ends the streams of a node that drains, because the time for their own end is over. Their clients open them again on another node.</summary>
    public void EndStreams()
    {
        _endsStreams = true;
        _streams?.EndAll(_endpoint.Clock.GetTimestamp());
    }

    /// <summary>Handles an expired session, unless a message has renewed the session since the sweep.</summary>
    public void ExpireSession()
    {
        if (_endpoint.Settings.Session.OnExpiry == SessionExpiry.Downgrade)
        {
            using (connection.Ambient.Enter())
                connection.Session.ClearExpired();
        }
        else if (connection.HasExpired())
        {
            Close(Akka.CloseCode.PolicyViolation, "session expired");
        }
    }

    /// <summary>Accepts no more messages, replies to those that were received, then closes the connection.</summary>
    public void Drain()
    {
        _state.Drain();
        CheckDeadlines(); // what only waits for its services has less time from now on
    }

    public void Close(CloseCode code, string reason)
    {
        if (connection.EndOutput(code, reason) && code is not (Akka.CloseCode.Normal or Akka.CloseCode.GoingAway))
            _endpoint.LogClosing(connection, reason);
        DropWaiting();
    }

    /// <summary>Handles the end of the socket: cancels running messages, and starts nothing except <c>onDisconnect</c>.</summary>
    /// <param name="code">The close code with which it ended; null when there was none.</param>
    public void EndSocket(int? code = null)
    {
        CloseCode = code ?? CloseCode;
        _socketEnded = true;
        connection.SocketEnded();
        for (var turn = _inbound.OldestTurn; turn is not null;)
        {
            var next = turn.Next;
            ConcludeCompleted(turn);
            turn.Current?.Cancel();
            turn = next;
        }

        DropWaiting();
        unsubscribe(connection);
        CheckDeadlines(); // what only waits for its services has less time from now on
    }

    /// <summary>
    /// Handles an unexpected exception. Aborts the socket, but the connection does not end before <c>onDisconnect</c> has run, because it releases
    /// the resources that <c>onConnect</c> has acquired (I1).
    /// </summary>
    public void Fail(Exception error)
    {
        _endpoint.LogConnectionFailure(connection, error);
        DropWaiting();
        connection.Abort();
    }

    void IConnectionLife.Open()
    {
        _state.Open();
        if (_state.TakeReadyAwaited())
            PingAnswers.WriteReady(connection);
    }

    void IConnectionLife.CountViolation() => _rate?.TakeForViolation();

    void IConnectionLife.End() => _state.End();

    void IConnectionLife.KeepStream(ClientMessage message)
    {
        _streams ??= new ConnectionStreams(connection);
        _streams.Add(message);
        if (!connection.IsOpen || _state.IsClosed)
            _streams.CancelAll(_endpoint.Clock.GetTimestamp());
        else if (_endsStreams)
            ConnectionStreams.TryEndByDrain(message, _endpoint.Clock.GetTimestamp());
    }

    private void Receive(ClientMessage message, long now)
    {
        var watch = connection.Outbox.Watch;
        watch?.Received(message);
        // Check for answers and cancellations first: while a node drains, a function that still runs may wait for one.
        var isAnswer = message.TryTakeAsAnswer(out var expected);
        var (isPing, what) = (false, "answer");
        ReservedMessage reserved = default;
        if (!isAnswer && message.TryReadReserved(out reserved))
        {
            isAnswer = true;
            isPing = reserved.Kind == ReservedKind.Ping;
            what = isPing ? "ping" : "cancel";
            expected = isPing ? _pings.TryAnswerFree(connection, _state, reserved, now) : TryCancel(message.Payload.Span[reserved.Id], now);
        }

        if (expected || !_state.AcceptsMessages)
        {
            watch?.Skipped(message, expected ? what : "dropped");
            message.Discard();
            return;
        }

        _rate ??= new MessageRate(_endpoint.Settings.Limits, _endpoint.Clock);
        message.IsOverRate = !_rate.TryTake(now);
        if (_rate.IsPersistentlyExceeded)
        {
            watch?.Skipped(message, "dropped");
            message.Discard();
            Close(Akka.CloseCode.PolicyViolation, "too many messages");
        }
        else if (isAnswer)
        {
            // A late answer and a cancellation of an unknown message have no reply, but they count as messages.
            if (isPing && !message.IsOverRate)
                PingAnswers.Answer(connection, _state, reserved);
            watch?.Skipped(message, what);
            message.Discard();
        }
        else
        {
            _inbound.Enqueue(message);
        }
    }

    // Returns false when the lane is full. The message is then refused, or runs without the lane if it must run.
    private bool TryStart(InboundTurn turn)
    {
        turn.Start(_endpoint.Clock.GetTimestamp());
        if (_endpoint.Inbound(connection.Lane).TryAdd(turn))
            return true;
        turn.RunWithoutLane();
        return false;
    }

    private void Disconnect()
    {
        _state.BeginDisconnect();
        if (_endpoint.Definition.OnDisconnect is null || _neverConnected)
            _state.End();
        else
            TryStart(_inbound.StartTurn(new DisconnectMessage(connection)));
    }

    // Concludes the completed messages. When the turn has ended, takes back the messages that have not begun.
    private void ConcludeCompleted(InboundTurn turn)
    {
        // Read this before concluding messages: the last message is counted before the turn ends, so no completed message is taken back.
        var hasEnded = turn.ReadProgress();
        while (turn.TakeCompleted() is { } message)
        {
            message.Conclude(this, message.Error);
            message.ReleaseBuffer();
        }

        if (hasEnded)
            EndTurn(turn);
        else if (!connection.IsOpen)
            DiscardAll(turn.TakeBehindSuspended());
    }

    private void EndTurn(InboundTurn turn)
    {
        _inbound.EndTurn(turn);
        if (turn.TakeRest() is not { } rest)
            return;
        // IsOpen is checked too, because the message that closes this connection may still be in the mailbox.
        if (_state.IsClosed || !connection.IsOpen)
            DiscardAll(rest);
        else
            _inbound.PutBack(rest);
    }

    private void DropWaiting()
    {
        _state.Close();
        DiscardAll(_inbound.TakeWaiting());
        // A suspended message may take long. The messages after it will never begin, so they are discarded now.
        for (var turn = _inbound.OldestTurn; turn is not null; turn = turn.Next)
            DiscardAll(turn.TakeBehindSuspended());
        _streams?.CancelAll(_endpoint.Clock.GetTimestamp());
    }

    // The first message of a chain, or null.
    private static void DiscardAll(InboundMessage? first)
    {
        while (first is { } message)
        {
            first = message.Next;
            message.Next = null;
            message.Discard();
        }
    }

    private long ReadBusySince() => _inbound.OldestTurn switch
    {
        null => 0,
        { Current: { StartedAt: var started and not 0 } } => started,
        _ => _endpoint.Clock.GetTimestamp(),
    };
}
