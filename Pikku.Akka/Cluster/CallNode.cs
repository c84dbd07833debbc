using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>Another node as the calls between nodes see it. Not thread-safe, but for its window: the actor owns it.</summary>
/// <param name="incarnation">The incarnation of the node.</param>
/// <param name="actor">Its <see cref="CallsActor"/>.</param>
/// <param name="window">What is on its way to it.</param>
/// <param name="flow">Counts what is sent and handled.</param>
internal sealed class CallNode(int incarnation, IActorRef actor, NodeWindow window, NodeFlow flow)
{
    public int Incarnation { get; } = incarnation;

    public IActorRef Actor { get; } = actor;

    public NodeWindow Window { get; } = window;

    public NodeFlow Flow { get; } = flow;

    public IReadOnlyCollection<string> Roles { get; set; } = [];

    /// <summary>True while it is a full member.</summary>
    public bool IsUp { get; set; }

    /// <summary>False once its link has failed, until it is back.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>True once it takes no more calls.</summary>
    public bool IsLeaving { get; set; }
}
