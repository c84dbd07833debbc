using Akka.Actor;

namespace Pikku.Akka.Functions;

/// <summary>A function at one location of the wiring, ready to be called. Its middleware and permissions are computed once, at startup.</summary>
internal sealed class BoundAction
{
    /// <summary>The function, with the session, the scopes and the tags that its wiring adds.</summary>
    public required FunctionDescriptor Function { get; init; }

    public required FunctionRunner Runner { get; init; }

    public required InputMode Mode { get; init; }

    /// <summary>The routing key and its value, or the kind of handler. Identifies the action in logs and metrics.</summary>
    public required string Label { get; init; }

    /// <summary>The routing key; null for lifecycle and default handlers.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>The value of the routing key; null for lifecycle and default handlers.</summary>
    public string? Name { get; init; }

    /// <summary>True when a session is required before any code runs.</summary>
    public required bool Auth { get; init; }

    /// <summary>True when the function replies with a stream.</summary>
    public bool IsStream { get; init; }

    /// <summary>The middleware without duplicates, sorted with the outermost first.</summary>
    public required PikkuMiddleware[] Middleware { get; init; }

    /// <summary>The permissions of the application, the channel, the wiring and the function. All of them must allow the call.</summary>
    public required PermissionCheck Permissions { get; init; }

    /// <summary>Everything that a message has to pass, in the order in which it is asked. The middleware runs behind the <see cref="CallerGate.Entry"/>.</summary>
    public IReadOnlyList<Gate> Gates => Auth ? [CallerGate.Entry, .. Runner.Gates] : Runner.Gates;

    /// <summary>True for an action of the protocol, which the library implements.</summary>
    public bool IsReserved { get; init; }

    /// <summary>The timestamp of the last warning that the function blocks its thread; 0 for none.</summary>
    public long WarnedOfBlockingAt;

    /// <summary>Asks the gates as for a message, until one refuses, and runs neither the middleware nor the function. A refusal is thrown.</summary>
    /// <inheritdoc cref="FunctionRunner.ExplainAsync"/>
    public ValueTask ExplainAsync(Invocation invocation, GateWitness witness) =>
        Auth && CallerGate.Entry.RefusalOf(invocation.Context.Session, Label, witness) is { } refusal
            ? ValueTask.FromException(refusal)
            : Runner.ExplainAsync(invocation, witness);

    /// <summary>The actor that receives calls of the function: the local actor, or a proxy that forwards them to another node.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>The actor, or the router of actors, that runs the function on this node.</summary>
    public IActorRef LocalActor { get; set; } = ActorRefs.Nobody;
}
