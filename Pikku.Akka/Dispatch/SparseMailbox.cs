using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Pikku.Akka.Dispatch;

/// <summary>
/// A mailbox for actors that are numerous and mostly idle. It allocates memory with its first message. Akka's default mailbox allocates space for 32 messages
/// when it is created, about one kilobyte for each idle connection.
/// </summary>
/// <param name="settings">The settings of the actor system, passed by Akka.</param>
/// <param name="config">The configuration of the mailbox, passed by Akka.</param>
internal sealed class SparseMailbox(global::Akka.Actor.Settings settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<SparseMessageQueue>
{
    /// <summary>The path of the mailbox in the configuration.</summary>
    public const string Id = "akka.actor.pikku-mailbox";

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new SparseMessageQueue();
}
