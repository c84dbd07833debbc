using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Connections;

/// <summary>
/// The actor of one connection. Passes its messages to <see cref="ConnectionLife"/>, one at a time. The first message is <see cref="ConnectionProtocol.Open"/> and not an
/// argument of the constructor, so that all connections share one <see cref="Props"/>: Akka parses a configuration each time that one is given a dispatcher or a mailbox.
/// </summary>
/// <param name="unsubscribe">Removes all subscriptions of a connection.</param>
internal sealed class ConnectionActor(Action<Connection> unsubscribe) : UntypedActor
{
    private const long LifeUnit = 10; // milliseconds

    private Connection _connection = null!; // set by the first message, as is the life
    private ConnectionLife? _life;
    private uint _openedAt; // in LifeUnit, beside _failed, so that an idle connection is no larger; it overflows after 497 days
    private bool _failed;

    public static Props Props(Action<Connection> unsubscribe) =>
        global::Akka.Actor.Props.CreateBy(new ConnectionActorProducer(unsubscribe)).WithMailbox(SparseMailbox.Id);

    protected override void OnReceive(object message)
    {
        try
        {
            if (_life is { } life)
                Handle(life, message);
            else
                Open((ConnectionProtocol.Open)message);
            Continue();
        }
        catch (Exception e) when (!_failed && _life is not null)
        {
            // A second failure goes to the parent, which stops the actor.
            _failed = true;
            _life.Fail(e);
            Continue();
        }
    }

    protected override void PostStop()
    {
        if (_life is null)
            return;
        if (!_life.IsEnded)
        {
            // Only a bug or the end of the actor system stops the actor before the connection has ended.
            _life.EndSocket();
            _connection.Abort();
        }

        // The difference is right even if the time has overflowed in between.
        var duration = TimeSpan.FromMilliseconds(unchecked(Now() - _openedAt) * LifeUnit);
        _connection.Endpoint.CountDisconnected(_connection, _life.CloseCode, duration);
    }

    private uint Now() => unchecked((uint)(_connection.Endpoint.Clock.GetMilliseconds() / LifeUnit));

    private void Open(ConnectionProtocol.Open open)
    {
        _connection = open.Connection;
        _openedAt = Now();
        _life = new ConnectionLife(_connection, unsubscribe);
        _life.Begin();
    }

    private void Handle(ConnectionLife life, object message)
    {
        switch (message)
        {
            case ClientMessage first:
                life.Receive(first);
                break;
            case InboundTurn turn:
                life.ReadProgress(turn);
                break;
            case ChannelProtocol.HandleEvent handle:
                life.Receive(handle.Event, handle.Handler);
                break;
            case ChannelProtocol.Close close:
                life.Close(close.Code, close.Reason);
                break;
            case ConnectionProtocol.SocketEnded ended:
                life.EndSocket(ended.Code);
                break;
            case ConnectionProtocol.CheckDeadlines:
                life.CheckDeadlines();
                break;
            case ConnectionProtocol.SessionExpired:
                life.ExpireSession();
                break;
            case ChannelProtocol.StreamEnded ended:
                life.EndStream(ended.Message);
                break;
            case ConnectionProtocol.Drain:
                life.Drain();
                break;
            case ConnectionProtocol.EndStreams:
                life.EndStreams();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Continue()
    {
        _life!.Continue();
        if (_life.IsEnded)
            Context.Stop(Self);
    }
}
