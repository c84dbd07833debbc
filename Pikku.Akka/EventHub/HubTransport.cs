using Akka.Actor;

namespace Pikku.Akka.EventHub;

/// <summary>A lane that carries the events of this node to the others.</summary>
/// <param name="Link">Gets a <see cref="HubProtocol.Published"/> for every event.</param>
/// <param name="Backlog">What it has not taken yet.</param>
internal sealed record HubTransport(IActorRef Link, LinkBacklog Backlog);
