namespace Pikku.Akka.Clients;

/// <summary>An event of a topic with its position.</summary>
/// <param name="Data">The event.</param>
/// <param name="At">The origin and the number of the event, such as <c>k3f9.1841</c>. Null if the topic keeps no history.</param>
/// <param name="IsReplayed">True if the event was published while the client was away.</param>
/// <typeparam name="TEvent">The type of the event.</typeparam>
public sealed record PikkuEvent<TEvent>(TEvent Data, string? At, bool IsReplayed);
