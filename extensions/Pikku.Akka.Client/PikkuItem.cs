namespace Pikku.Akka.Clients;

/// <summary>An item of a stream, an event, or the state of a topic.</summary>
/// <param name="Data">The content; undefined if the server sent none.</param>
internal readonly record struct PikkuItem(JsonElement Data)
{
    /// <summary>The origin and the number of an event; null if it has none.</summary>
    public string? At { get; init; }

    public bool IsReplayed { get; init; }

    public bool IsState { get; init; }

    public PikkuLossReason? Loss { get; init; }

    public PikkuEvent<T> ToEvent<T>(PikkuJson json) => new(json.ReadOrNull<T>(Data)!, At, IsReplayed);

    public PikkuUpdate<TState, TEvent> ToUpdate<TState, TEvent>(PikkuJson json) => IsState
        ? new() { IsState = true, State = json.ReadOrNull<TState>(Data), Loss = Loss }
        : new() { Event = json.ReadOrNull<TEvent>(Data), At = At, IsReplayed = IsReplayed };
}
