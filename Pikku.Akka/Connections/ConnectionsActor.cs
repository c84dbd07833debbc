using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>
/// The parent of all connections of this node. One timer sweeps over them, because one timer for each of many thousands would contend.
/// </summary>
internal sealed class ConnectionsActor : UntypedActor, IWithTimers
{
    public const string Name = "connections";

    private readonly Dictionary<IActorRef, LocalChannel> _actors = [];
    private readonly ConnectionDirectory _directory;
    private readonly PikkuSettings _settings;
    private readonly TimeProvider _clock;
    private readonly PikkuLog _log;
    private readonly Action<LocalChannel> _unsubscribe;

    public ConnectionsActor(
        ConnectionDirectory directory, PikkuSettings settings, TimeProvider clock, PikkuLog log, Action<LocalChannel> unsubscribe)
    {
        _directory = directory;
        _settings = settings;
        _clock = clock;
        _log = log;
        _unsubscribe = unsubscribe;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        ConnectionDirectory directory, PikkuSettings settings, TimeProvider clock, PikkuLog log, Action<LocalChannel> unsubscribe) =>
        global::Akka.Actor.Props.Create(() => new ConnectionsActor(directory, settings, clock, log, unsubscribe));

    protected override void PreStart() =>
        Timers.StartPeriodicTimer(nameof(ConnectionProtocol.Sweep), ConnectionProtocol.Sweep.Instance, _settings.Connection.SweepInterval);

    // A connection whose actor failed has lost what it knew of its window: it is cut off, never restarted.
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
                    _directory.Remove(gone);
                break;
            case ConnectionProtocol.Sweep:
                Sweep();
                break;
            case ConnectionProtocol.Drain:
                foreach (var actor in _actors.Keys)
                    actor.Tell(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Open(ConnectionProtocol.Open open)
    {
        _directory.Add(open.Channel);
        var actor = Context.ActorOf(ConnectionActor.Props(open, _unsubscribe));
        open.Channel.Owner = actor;
        _actors.Add(actor, open.Channel);
        Context.Watch(actor);
        open.Opened.SetResult();
    }

    private void Sweep()
    {
        foreach (var (actor, channel) in _actors)
            Look(actor, channel);
    }

    private void Look(IActorRef actor, LocalChannel channel)
    {
        var connection = _settings.Connection;
        if (channel.BusySince != 0 && IsOver(channel.BusySince, _settings.Function.Timeout))
            actor.Tell(ConnectionProtocol.CheckDeadlines.Instance);

        if (!channel.IsOpen)
        {
            if (IsOver(channel.ClosingSince, connection.CloseTimeout))
                channel.AbortSocket();
            return;
        }

        if (channel.Session.IsExpired)
            actor.Tell(ConnectionProtocol.SessionExpired.Instance);

        // Who is busy with us may not be read from, so that even a pong would wait: silence says nothing then.
        if (channel.BusySince != 0)
            return;

        if (IsDead(channel))
        {
            _log.Ended(channel.Name, channel.Id, "the client does not answer pings");
            channel.AbortSocket();
        }
        else if (IsOver(channel.LastUsed, connection.IdleTimeout))
        {
            channel.Close(CloseCode.Normal, "idle");
        }
        else if (IsPingDue(channel.LastReceived) && IsPingDue(channel.LastPing))
        {
            channel.LastPing = _clock.GetTimestamp();
            channel.Outbox.Add(FrameEncoder.Ping);
        }
    }

    private bool IsDead(LocalChannel channel) =>
        _settings.Connection is { PingTimeout: var timeout, PingInterval: var interval } &&
        timeout != Timeout.InfiniteTimeSpan && interval != Timeout.InfiniteTimeSpan && IsOver(channel.LastReceived, interval + timeout);

    private bool IsPingDue(long since) => IsOver(since, _settings.Connection.PingInterval);

    private bool IsOver(long since, TimeSpan limit) => limit != Timeout.InfiniteTimeSpan && _clock.GetElapsedTime(since) >= limit;
}
