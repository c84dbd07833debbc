namespace Pikku.Akka.Clients;

/// <summary>The state of a topic, or an event that changes it.</summary>
/// <typeparam name="TState">The type of the state.</typeparam>
/// <typeparam name="TEvent">The type of the events.</typeparam>
public sealed record PikkuUpdate<TState, TEvent>
{
    /// <summary>True if this is the state in <see cref="State"/>, false if it is the event in <see cref="Event"/>.</summary>
    public bool IsState { get; init; }

    /// <summary>The state. It replaces everything that came before; an event that follows may already be contained in it.</summary>
    public TState? State { get; init; }

    /// <summary>The event.</summary>
    public TEvent? Event { get; init; }

    /// <summary>The origin and the number of the event. Null for a state, and if the topic keeps no history.</summary>
    public string? At { get; init; }

    /// <summary>True if the event was published while the client was away.</summary>
    public bool IsReplayed { get; init; }

    /// <summary>The reason why the state was loaded again instead of replaying events; null if no event was lost.</summary>
    public PikkuLossReason? Loss { get; init; }
}
