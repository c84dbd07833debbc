using Akka.Actor;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <summary>Creates the actors of connections without reflection, which would cost more than the actor itself.</summary>
internal sealed class ConnectionActorProducer(Action<Connection> unsubscribe) : IIndirectActorProducer
{
    public Type ActorType => typeof(ConnectionActor);

    public ActorBase Produce() => new ConnectionActor(unsubscribe);

    public void Release(ActorBase actor) { }
}
