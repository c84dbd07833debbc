namespace Pikku.Akka;

/// <summary>
/// Publish and subscribe between connections. Delivery is at most once; the events of one node to one topic keep their order.
/// Safe to call from any thread and from outside of any channel. Calls that come before the host has started the hub wait for it.
/// </summary>
public interface IEventHub
{
    /// <summary>
    /// Sends every event of a topic to a connection. In force when the task completes; twice is the same as once; ends with the connection.
    /// </summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <exception cref="EventHubException">
    /// The name is blank or too long, the topic has subscribers that expect another type, the connection has too many subscriptions, or the hub is
    /// not available.
    /// </exception>
    ValueTask Subscribe<T>(Topic<T> topic, string channelId);

    /// <summary>Calls a handler for every event of a topic, one after another with the messages of the connection; ends with the connection.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="handler">Runs within the connection's order; an exception is logged and counted and ends nothing.</param>
    /// <exception cref="EventHubException">
    /// The name is blank or too long, the topic has subscribers that expect another type, the connection has too many subscriptions, or the hub is
    /// not available.
    /// </exception>
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
    /// <exception cref="EventHubException">
    /// The name is blank, the event is above the limit, it can't be serialised, or subscribers of the topic expect another type; nothing was sent. Or
    /// the hub is overloaded, or did not answer in time: then the event may still be sent.
    /// </exception>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="data"/> is null, and <typeparamref name="T"/> is neither a nullable value type nor JSON of whatever kind
    /// (<see cref="object"/>, <see cref="System.Text.Json.JsonElement"/>, <see cref="System.Text.Json.Nodes.JsonNode"/>).
    /// </exception>
    ValueTask Publish<T>(Topic<T> topic, T data, PublishOptions options = default);
}
