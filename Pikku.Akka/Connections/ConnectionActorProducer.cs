using Akka.Actor;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <summary>Creates the actor of one connection without reflection, which would cost more than the actor itself.</summary>
internal sealed class ConnectionActorProducer(ConnectionProtocol.Open open, Action<Connection> unsubscribe) : IIndirectActorProducer
{
    public Type ActorType => typeof(ConnectionActor);

    public ActorBase Produce() => new ConnectionActor(open, unsubscribe);

    public void Release(ActorBase actor) { }
}
