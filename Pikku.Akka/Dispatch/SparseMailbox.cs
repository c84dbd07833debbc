using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Pikku.Akka.Dispatch;

/// <summary>
/// The mailbox of actors of which there are many, each with little to do: it takes room with its first message. Akka's own takes room
/// for 32 when it is made, a kilobyte for each connection that sends nothing.
/// </summary>
/// <param name="settings">Handed in by Akka, as to every mailbox.</param>
/// <param name="config">The same.</param>
internal sealed class SparseMailbox(global::Akka.Actor.Settings settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<SparseMessageQueue>
{
    /// <summary>Where the configuration names it.</summary>
    public const string Id = "akka.actor.pikku-mailbox";

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new SparseMessageQueue();
}
