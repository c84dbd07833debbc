using Akka.Actor;

namespace Pikku.Akka.Functions;

/// <summary>A function in one place of the wiring, ready to be called: what its wiring adds is worked out once, at the start.</summary>
internal sealed class BoundAction
{
    public required FunctionDescriptor Function { get; init; }

    public required FunctionRunner Runner { get; init; }

    public required InputMode Mode { get; init; }

    /// <summary>The routing key and the value, or the kind of handler: names the place in logs and metrics.</summary>
    public required string Label { get; init; }

    /// <summary>The routing key; null for handlers that no value names.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>The value of the routing key; null for handlers that no value names.</summary>
    public string? Name { get; init; }

    /// <summary>Whether a session is needed before anything runs.</summary>
    public required bool Auth { get; init; }

    /// <summary>Sorted and without repetition, outermost first.</summary>
    public required PikkuMiddleware[] Middleware { get; init; }

    /// <summary>The groups of the wiring and of the function: each must allow.</summary>
    public required PermissionCheck Permissions { get; init; }

    /// <summary>When the log was last told that the function blocks; ticks of the clock, 0 for never.</summary>
    public long WarnedOfBlockingAt;

    /// <summary>What is told to run the function: the actor on this node, or whoever knows another node for it.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>The actor, or the router of actors, that runs the function on this node.</summary>
    public IActorRef LocalActor { get; set; } = ActorRefs.Nobody;
}
