using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Connections;

/// <summary>The actor of one connection. Passes its messages to <see cref="ConnectionLife"/>, one at a time.</summary>
internal sealed class ConnectionActor : UntypedActor
{
    private const long LifeUnit = 10; // milliseconds

    private readonly Connection _connection;
    private readonly ConnectionLife _life;
    private readonly TaskCompletionSource _ended;
    private uint _openedAt; // in LifeUnit, beside _failed, so that an idle connection is no larger; it overflows after 497 days
    private bool _failed;

    public ConnectionActor(ConnectionProtocol.Open open, Action<Connection> unsubscribe)
    {
        _connection = open.Connection;
        _ended = open.Ended;
        _life = new ConnectionLife(_connection, unsubscribe);
    }

    public static Props Props(ConnectionProtocol.Open open, Action<Connection> unsubscribe) =>
        global::Akka.Actor.Props.CreateBy(new ConnectionActorProducer(open, unsubscribe)).WithMailbox(SparseMailbox.Id);

    protected override void PreStart()
    {
        _openedAt = Now();
        _life.Begin();
        Continue();
    }

    protected override void OnReceive(object message)
    {
        try
        {
            Handle(message);
            Continue();
        }
        catch (Exception e) when (!_failed)
        {
            // A second failure goes to the parent, which stops the actor.
            _failed = true;
            _life.Fail(e);
            Continue();
        }
    }

    protected override void PostStop()
    {
        try
        {
            if (!_life.IsEnded)
            {
                // Only a bug or the end of the actor system stops the actor before the connection has ended.
                _life.EndSocket();
                _connection.Abort();
            }

            // The difference is right even if the time has overflowed in between.
            var life = TimeSpan.FromMilliseconds(unchecked(Now() - _openedAt) * LifeUnit);
            _connection.Endpoint.CountDisconnected(_connection, _life.CloseCode, life);
        }
        finally
        {
            // The upgrade request waits for this task, so it must complete even after a failure.
            _ended.TrySetResult();
        }
    }

    private uint Now() => unchecked((uint)(_connection.Endpoint.Clock.GetMilliseconds() / LifeUnit));

    private void Handle(object message)
    {
        switch (message)
        {
            case ClientMessage first:
                _life.Receive(first);
                break;
            case InboundTurn turn:
                _life.ReadProgress(turn);
                break;
            case ChannelProtocol.HandleEvent handle:
                _life.Receive(handle.Event, handle.Handler);
                break;
            case ChannelProtocol.Close close:
                _life.Close(close.Code, close.Reason);
                break;
            case ConnectionProtocol.SocketEnded ended:
                _life.EndSocket(ended.Code);
                break;
            case ConnectionProtocol.CheckDeadlines:
                _life.CheckDeadlines();
                break;
            case ConnectionProtocol.SessionExpired:
                _life.ExpireSession();
                break;
            case ChannelProtocol.StreamEnded ended:
                _life.EndStream(ended.Message);
                break;
            case ConnectionProtocol.Drain:
                _life.Drain();
                break;
            case ConnectionProtocol.EndStreams:
                _life.EndStreams();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Continue()
    {
        _life.Continue();
        if (_life.IsEnded)
            Context.Stop(Self);
    }
}
