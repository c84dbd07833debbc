namespace Pikku.Akka;

/// <summary>The events that a node keeps of a topic with history.</summary>
/// <typeparam name="TEvent">The type of the events.</typeparam>
/// <param name="Position">The position behind the newest event. A client that subscribes with it gets all later events.</param>
/// <param name="Events">The events in the order in which they arrived at this node.</param>
public sealed record EventHistory<TEvent>(string Position, IReadOnlyList<HistoryEvent<TEvent>> Events);

/// <summary>A kept event.</summary>
/// <typeparam name="TEvent">The type of the events.</typeparam>
/// <param name="At">The number of the event, which is unique in its topic: <c>3k9f….1841</c>.</param>
/// <param name="Data">The event.</param>
public sealed record HistoryEvent<TEvent>(string At, TEvent Data);
