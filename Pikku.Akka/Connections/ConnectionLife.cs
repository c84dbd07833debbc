using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>
/// What one connection does, from its begin to its end: <c>onConnect</c>, its messages in order, <c>onDisconnect</c>. Decides by
/// <see cref="ConnectionState"/>, <see cref="InboundQueue"/>, <see cref="MessageRate"/> and <see cref="MessageDeadlines"/>. Without actors; one caller
/// at a time, which is the connection's actor, and which calls <see cref="Continue"/> behind everything else.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="unsubscribe">Ends what the connection has subscribed to.</param>
internal sealed class ConnectionLife(Connection connection, Action<Connection> unsubscribe) : IConnectionLife
{
    private const int NoCloseFrame = 1006; // RFC 6455 §7.1.5: the code of a connection that ended without a close frame

    private readonly ChannelEndpoint _endpoint = connection.Endpoint;
    private readonly ConnectionState _state = new();
    private readonly InboundQueue _inbound = new(connection.Endpoint.Settings.Channel.MaxInFlight);
    private MessageRate? _rate;
    private bool _socketEnded;
    private bool _neverConnected;

    /// <summary>The close code that the socket has ended with.</summary>
    public int CloseCode { get; private set; } = NoCloseFrame;

    /// <summary>True when everything is over, <c>onDisconnect</c> included.</summary>
    public bool IsEnded => _state.IsEnded;

    /// <summary>Starts <c>onConnect</c>, or opens the connection where there is none.</summary>
    public void Begin()
    {
        _endpoint.CountConnected();
        if (_endpoint.Definition.OnConnect is null)
            _state.Opened();
        else
            _neverConnected = !TryStart(_inbound.StartTurn(new ConnectMessage(connection)));
    }

    /// <summary>Takes messages that were read together, as a chain.</summary>
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

    /// <summary>Takes an event for a handler.</summary>
    public void Receive(HubEvent hubEvent, IEventHandler handler)
    {
        if (_state.Accepts)
            _inbound.Enqueue(new EventMessage(connection, hubEvent, handler));
        else
            connection.EventHandled(hubEvent);
    }

    /// <summary>Concludes what is over of a turn that has reported.</summary>
    public void ReadProgress(InboundTurn turn)
    {
        connection.Activity.NoteUsed();
        if (turn.IsInFlight) // otherwise a deadline has ended it
            ConcludeCompleted(turn);
    }

    /// <summary>Starts what may begin, or ends what has nothing left to do.</summary>
    public void Continue()
    {
        while (_state.Starts && _inbound.TryStartTurn() is { } turn)
            TryStart(turn);

        if (_state.IsDraining && _inbound.IsEmpty)
            Close(Akka.CloseCode.GoingAway, _endpoint.Settings.Shutdown.GoingAway());
        if (_socketEnded && _state.IsClosing && _inbound.IsIdle)
            Disconnect();
        connection.Activity.NoteBusy(ReadBusySince());
    }

    /// <summary>Answers or gives up what has taken too long, and warns of functions that block their thread.</summary>
    public void CheckDeadlines()
    {
        var now = _endpoint.Clock.GetTimestamp();
        for (var turn = _inbound.OldestTurn; turn is not null;)
        {
            var next = turn.Next;
            ConcludeCompleted(turn);
            if (turn.IsInFlight && turn.Current is { } message)
            {
                if (MessageDeadlines.ReadBlocking(message, now) is { } blocked)
                    _endpoint.WarnOfBlocking(message, blocked, now);
                var isEnding = !_state.Accepts || !connection.IsOpen;
                if (MessageDeadlines.IsLate(message, isEnding, now, out var deadline))
                    Expire(turn, message, deadline);
            }

            turn = next;
        }
    }

    /// <summary>The session has expired, unless a message has renewed it since the sweep.</summary>
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

    /// <summary>Answers what has been received, takes nothing more, then closes.</summary>
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

    /// <summary>The socket has gone: what is under way is cancelled, and nothing more begins but <c>onDisconnect</c>.</summary>
    /// <param name="code">The close code that it ended with; null when there was none.</param>
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
    /// A bug. The client is cut off, but the connection lives until <c>onDisconnect</c> has run: whatever <c>onConnect</c> took must be
    /// given back (I1).
    /// </summary>
    public void CutOff(Exception error)
    {
        _endpoint.LogConnectionFailure(connection, error);
        DropWaiting();
        connection.Abort();
    }

    void IConnectionLife.Opened() => _state.Opened();

    void IConnectionLife.CountViolation() => _rate?.TakeForViolation();

    void IConnectionLife.Ended() => _state.Ended();

    private void Receive(ClientMessage message, long now)
    {
        // Answers first: while a node drains, a function that is still under way may wait for one.
        var isAnswer = message.TryTakeAsAnswer(out var expected);
        if (expected || !_state.Accepts)
        {
            message.Discard();
            return;
        }

        _rate ??= new MessageRate(_endpoint.Settings.Limits, _endpoint.Clock);
        message.IsOverRate = !_rate.TryTake(now);
        if (_rate.IsHopeless)
        {
            message.Discard();
            Close(Akka.CloseCode.PolicyViolation, "too many messages");
        }
        else if (isAnswer)
        {
            message.Discard(); // nobody waits for it: it has no reply, and costs what a message does
        }
        else
        {
            _inbound.Enqueue(message);
        }
    }

    // False when the lane has no room: the message is answered with that, or runs all the same.
    private bool TryStart(InboundTurn turn)
    {
        turn.Start(_endpoint.Clock.GetTimestamp());
        if (_endpoint.TryStart(connection, turn))
            return true;
        turn.RunWithoutLane();
        return false;
    }

    private void Disconnect()
    {
        _state.Disconnecting();
        if (_endpoint.Definition.OnDisconnect is null || _neverConnected)
            _state.Ended();
        else
            TryStart(_inbound.StartTurn(new DisconnectMessage(connection)));
    }

    // Concludes the messages that are over. When the turn has ended, takes back what has not begun.
    private void ConcludeCompleted(InboundTurn turn)
    {
        // Read before messages are concluded: the message that ends the turn is counted first, so none that is over is taken back.
        var hasEnded = turn.ReadProgress();
        while (turn.TakeCompleted() is { } message)
        {
            message.Conclude(this, message.Error);
            message.ReleaseBuffer();
        }

        if (hasEnded)
            EndTurn(turn);
        else if (!connection.IsOpen)
            InboundMessage.DiscardAll(turn.TakeBehindSuspended());
    }

    private void Expire(InboundTurn turn, InboundMessage message, TimeSpan deadline)
    {
        switch (message.Expire())
        {
            case Expiry.Unanswered:
                var error = new RequestTimeoutError();
                _endpoint.LogAbandoned(message, deadline, MessageDeadlines.DescribeProgress(message));
                message.AnswerTimeout(error);
                GiveUpCurrent(turn, error);
                break;
            case Expiry.Undisposed:
                _endpoint.LogServicesGivenUp(message, deadline);
                GiveUpCurrent(turn, message.Error);
                break;
            case Expiry.None:
                break; // it is over, and its turn is about to report it
        }
    }

    // What runs for the message may go on for as long as it likes; nobody waits for it any more. Its buffer stays with it.
    private void GiveUpCurrent(InboundTurn turn, Exception? error)
    {
        var message = turn.TakeCurrent();
        message.PostReply();
        message.Conclude(this, error);
        EndTurn(turn);
        // Last: what the function does about it must not meet the answer in the making.
        message.Cancel();
    }

    private void EndTurn(InboundTurn turn)
    {
        _inbound.EndTurn(turn);
        if (turn.TakeRest() is not { } rest)
            return;
        // Not open: what tells this life that the connection closes may still be on its way.
        if (_state.IsClosed || !connection.IsOpen)
            InboundMessage.DiscardAll(rest);
        else
            _inbound.PutBack(rest);
    }

    private void DropWaiting()
    {
        _state.Close();
        InboundMessage.DiscardAll(_inbound.TakeWaiting());
        // A message that is awaited may take long; what stands behind it never begins.
        for (var turn = _inbound.OldestTurn; turn is not null; turn = turn.Next)
            InboundMessage.DiscardAll(turn.TakeBehindSuspended());
    }

    private long ReadBusySince() => _inbound.OldestTurn switch
    {
        null => 0,
        { Current: { StartedAt: var started and not 0 } } => started,
        _ => _endpoint.Clock.GetTimestamp(),
    };
}
