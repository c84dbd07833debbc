namespace Pikku.Akka;

/// <summary>
/// Publish and subscribe between connections. Delivery is at most once; the events of one node to one topic keep their order.
/// Safe to call from any thread and from outside of any channel.
/// </summary>
public interface IEventHub
{
    /// <summary>
    /// Sends every event of a topic to a connection. In force when the task completes; twice is the same as once; ends with the connection.
    /// </summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <exception cref="EventHubException">The name is blank or too long, or the connection has too many subscriptions.</exception>
    ValueTask Subscribe<T>(Topic<T> topic, string channelId);

    /// <summary>Calls a handler for every event of a topic, one after another with the messages of the connection; ends with the connection.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="handler">Runs within the connection's order; an exception is logged and counted and ends nothing.</param>
    /// <exception cref="EventHubException">The name is blank or too long, or the connection has too many subscriptions.</exception>
    ValueTask Subscribe<T>(Topic<T> topic, string channelId, Func<T, ValueTask> handler);

    /// <summary>Ends what <c>Subscribe</c> began, handlers included. In force when the task completes.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    ValueTask Unsubscribe<T>(Topic<T> topic, string channelId);

    /// <summary>
    /// Sends an event to every subscriber. The payload is encoded once, before this returns. When the task completes, this node's
    /// subscribers have the event in their outboxes, so a subscribed publisher gets it before its reply; no socket is waited for.
    /// </summary>
    /// <typeparam name="T">The type of the event; bytes become a binary frame.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The event.</param>
    /// <param name="options">Whom to leave out, and the form.</param>
    /// <exception cref="EventHubException">The name is blank, the event is above the limit, or it can't be serialised; nothing was sent.</exception>
    ValueTask Publish<T>(Topic<T> topic, T data, PublishOptions options = default);
}
