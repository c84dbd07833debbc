using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>
/// The parent of all connection actors of this node. One timer checks all connections, because many thousands of timers would contend.
/// </summary>
internal sealed class ConnectionsActor : UntypedActor, IWithTimers
{
    public const string Name = "connections";

    private const int PingBatch = 256; // clients

    private static readonly TimeSpan DrainStep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PingStep = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<IActorRef, (ConnectionProtocol.Open Opened, PulseMonitor Pulse)> _actors = [];
    private readonly ConnectionDirectory _directory;
    private readonly PikkuSettings _settings;
    private readonly TimeProvider _clock;
    private readonly PikkuLog _log;
    private readonly Props _connection; // one for all
    private readonly TimeSpan _shortestDeadline;
    private readonly Queue<IActorRef> _undrained = [];
    private readonly Queue<Connection> _unpinged = [];
    private int _pingedAtOnce;
    private int _drainedAtOnce;
    private bool _draining;
    private bool _endsStreams;

    public ConnectionsActor(
        ConnectionDirectory directory, PikkuSettings settings, TimeProvider clock, PikkuLog log, Action<Connection> unsubscribe)
    {
        _directory = directory;
        _settings = settings;
        _clock = clock;
        _log = log;
        _connection = ConnectionActor.Props(unsubscribe).WithDispatcher(Context.Dispatcher.Id);
        _shortestDeadline = new[] { settings.Connection.HandshakeTimeout, settings.Function.Timeout, settings.Function.BlockingWarning }
            .Where(time => time != Timeout.InfiniteTimeSpan).Min();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        ConnectionDirectory directory, PikkuSettings settings, TimeProvider clock, PikkuLog log, Action<Connection> unsubscribe) =>
        global::Akka.Actor.Props.Create(() => new ConnectionsActor(directory, settings, clock, log, unsubscribe));

    protected override void PreStart() =>
        Timers.StartPeriodicTimer(nameof(ConnectionProtocol.Sweep), ConnectionProtocol.Sweep.Instance, _settings.Connection.SweepInterval);

    // Also runs before a restart, which stops all connection actors without Terminated messages.
    protected override void PostStop()
    {
        foreach (var (opened, _) in _actors.Values)
            End(opened);
    }

    // After a failure the state of the in-flight window is lost, so the connection is aborted and its actor is never restarted.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionProtocol.Open open:
                Open(open);
                break;
            case Terminated terminated:
                if (_actors.Remove(terminated.ActorRef, out var gone))
                    End(gone.Opened);
                break;
            case ConnectionProtocol.Sweep:
                Sweep();
                break;
            case ConnectionProtocol.PingNext:
                PingNext();
                break;
            case ConnectionProtocol.Drain:
                Drain();
                break;
            case ConnectionProtocol.DrainNext:
                DrainNext();
                break;
            case ConnectionProtocol.EndStreams:
                EndStreams();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Open(ConnectionProtocol.Open open)
    {
        _directory.Add(open.Connection); // again, because its request may have stopped waiting
        var actor = Context.ActorOf(_connection);
        actor.Tell(open);
        open.Connection.Mailbox.Attach(actor);
        _actors.Add(actor, (open, new PulseMonitor(_settings.Connection, _clock)));
        Context.Watch(actor);
        // The upgrade may have started before the drain.
        if (_draining)
            actor.Tell(ConnectionProtocol.Drain.Instance);
        if (_endsStreams)
            actor.Tell(ConnectionProtocol.EndStreams.Instance);
        open.Opened.SetResult();
    }

    // The request of the connection waits for this task. It is completed here and not by the actor, which may stop before it has received its first message.
    private void End(ConnectionProtocol.Open opened)
    {
        _directory.Remove(opened.Connection);
        opened.Ended.TrySetResult();
    }

    private void Drain()
    {
        if (_draining)
            return;
        _draining = true;
        // In random order, because clients that connected at the same time would otherwise also reconnect at the same time.
        var actors = _actors.Keys.ToArray();
        Random.Shared.Shuffle(actors);
        foreach (var actor in actors)
            _undrained.Enqueue(actor);
        // Drain at the configured rate, or faster if half of the drain timeout would not suffice. The other half is for running messages.
        var steps = Math.Max(1, _settings.Shutdown.DrainTimeout / 2 / DrainStep);
        _drainedAtOnce = (int)Math.Max(Math.Ceiling(_settings.Shutdown.DrainRate * DrainStep.TotalSeconds), Math.Ceiling(actors.Length / steps));
        DrainNext();
        // A stream may end by itself. One that does not is ended while there is still time for its error and the close frame.
        Timers.StartSingleTimer(nameof(ConnectionProtocol.EndStreams), ConnectionProtocol.EndStreams.Instance, _settings.Shutdown.DrainTimeout * 0.75);
    }

    private void EndStreams()
    {
        _endsStreams = true;
        foreach (var actor in _actors.Keys)
            actor.Tell(ConnectionProtocol.EndStreams.Instance);
    }

    private void DrainNext()
    {
        for (var i = 0; i < _drainedAtOnce && _undrained.TryDequeue(out var actor); i++)
            actor.Tell(ConnectionProtocol.Drain.Instance);
        if (_undrained.Count > 0)
            Timers.StartSingleTimer(nameof(ConnectionProtocol.DrainNext), ConnectionProtocol.DrainNext.Instance, DrainStep);
    }

    private void Sweep()
    {
        foreach (var (actor, (opened, pulse)) in _actors)
        {
            var connection = opened.Connection;
            try
            {
                Check(actor, connection, pulse);
            }
            catch (Exception e)
            {
                // The session is a type of the application and may throw. The sweep must still check the other connections.
                _log.ConnectionFailed(connection.Name, connection.Id, e);
                connection.Close(CloseCode.InternalError, "the connection failed");
            }
        }

        if (_unpinged.Count == 0)
            return;
        // Clients that have connected at the same time are due at the same time. Their pings are spread until the next sweep, because the server needs a buffer for each
        // write that has not reached its socket, and because other messages would wait behind thousands of pings and their answers.
        var steps = Math.Max(1, _settings.Connection.SweepInterval / PingStep);
        _pingedAtOnce = Math.Max(PingBatch, (int)Math.Ceiling(_unpinged.Count / steps));
        PingNext();
    }

    private void PingNext()
    {
        for (var i = 0; i < _pingedAtOnce && _unpinged.TryDequeue(out var connection); i++)
        {
            if (connection.IsOpen)
                connection.Transport.Ping();
        }

        if (_unpinged.Count > 0)
            Timers.StartSingleTimer(nameof(ConnectionProtocol.PingNext), ConnectionProtocol.PingNext.Instance, PingStep);
    }

    private void Check(IActorRef actor, Connection connection, PulseMonitor pulse)
    {
        var busy = connection.Activity.BusySince != 0;
        // Deadlines are shorter while the connection closes and while the node drains.
        if ((busy || connection.HasStreams) && (_draining || !connection.IsOpen || (busy && Elapsed(connection.Activity.BusySince) >= _shortestDeadline)))
            actor.Tell(ConnectionProtocol.CheckDeadlines.Instance);

        if (!connection.IsOpen)
        {
            // ClosingSince is briefly 0 between the two steps of closing.
            if (connection.Activity.ClosingSince is var closing and not 0 && Elapsed(closing) >= _settings.Connection.CloseTimeout)
                Abort(actor, connection);
            return;
        }

        if (IsLateWithMessage(connection))
        {
            _log.Closing(connection.Name, connection.Id, "a message took too long");
            connection.Close(CloseCode.PolicyViolation, "a message took too long");
            return;
        }

        if (connection.HasExpired())
            actor.Tell(ConnectionProtocol.SessionExpired.Instance);

        if (connection.Outbox.StalledSince(_clock.GetTimestamp()) is var since and not 0 && HasStalled(since))
        {
            connection.EndStalled();
            return;
        }

        switch (pulse.Check(connection.Activity.ReceivedAt, busy))
        {
            case Pulse.Dead:
                _log.Ended(connection.Name, connection.Id, "the client does not answer pings");
                Abort(actor, connection);
                break;
            case var _ when !busy && !connection.HasStreams && IsIdle(connection):
                connection.Close(CloseCode.Normal, "idle");
                break;
            case Pulse.Ping:
                _unpinged.Enqueue(connection);
                break;
        }
    }

    private void Abort(IActorRef actor, Connection connection)
    {
        try
        {
            connection.Abort();
        }
        catch (Exception e)
        {
            // If the socket cannot be aborted, it no longer exists, and its receive loop may not notify the actor.
            _log.Ended(connection.Name, connection.Id, e.Message);
            actor.Tell(new ConnectionProtocol.SocketEnded(CloseMessage.NoClose));
        }
    }

    private bool IsIdle(Connection connection) =>
        _settings.Connection.IdleTimeout is var timeout && timeout != Timeout.InfiniteTimeSpan && Elapsed(connection.Activity.UsedAt) >= timeout;

    private bool IsLateWithMessage(Connection connection) =>
        connection.Activity.ReceivingSince is var since and not 0
        && _settings.Connection.MessageTimeout is var timeout && timeout != Timeout.InfiniteTimeSpan && Elapsed(since) >= timeout;

    private bool HasStalled(long since) =>
        _settings.Outbox.StallTimeout is var timeout && timeout != Timeout.InfiniteTimeSpan && Elapsed(since) >= timeout;

    private TimeSpan Elapsed(long since) => _clock.GetElapsedTime(since);
}
