using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>The state of another node for the calls between nodes. Not thread-safe, except for its window: the actor owns it.</summary>
/// <param name="incarnation">The incarnation of the node.</param>
/// <param name="actor">The <see cref="CallsActor"/> of the node.</param>
/// <param name="window">Limits the bytes in transit to the node.</param>
/// <param name="flow">Counts the bytes that are sent and handled.</param>
internal sealed class CallNode(int incarnation, IActorRef actor, NodeWindow window, NodeFlow flow)
{
    public int Incarnation { get; } = incarnation;

    public IActorRef Actor { get; } = actor;

    public NodeWindow Window { get; } = window;

    public NodeFlow Flow { get; } = flow;

    public IReadOnlyCollection<string> Roles { get; set; } = [];

    /// <summary>True while the status of the node is Up.</summary>
    public bool IsUp { get; set; }

    /// <summary>False after the link to the node has failed, until it is restored.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>True after the node has announced that it accepts no more calls.</summary>
    public bool IsLeaving { get; set; }
}
