namespace Pikku.Akka;

/// <summary>
/// Publish and subscribe between connections. Delivery is at most once; the events that one node publishes to one topic keep their order.
/// Safe from any thread and outside of channels. Calls made before the host has started the hub wait for the start.
/// </summary>
public interface IEventHub
{
    /// <summary>
    /// Subscribes a connection to all events of a topic. The subscription is active when the task completes and ends with the connection; a second
    /// call has no effect.
    /// </summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <exception cref="EventHubException">
    /// The name is blank or too long, the topic has subscribers that expect another type, the connection has too many subscriptions, or the hub is
    /// not available.
    /// </exception>
    ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId);

    /// <summary>Subscribes a handler, which runs in order with the messages of the connection. The subscription ends with the connection.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="handler">Handles one event at a time. An exception is logged and counted; the subscription and the connection continue.</param>
    /// <exception cref="EventHubException">
    /// The name is blank or too long, the topic has subscribers that expect another type, the connection has too many subscriptions, or the hub is
    /// not available.
    /// </exception>
    ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId, Func<T, ValueTask> handler);

    /// <summary>
    /// Subscribes server code to all events of a topic. The subscription is active when the task completes, and ends when it is disposed of:
    /// <code>
    /// await using var events = await hub.SubscribeAsync(topic, cancellationToken);
    /// await foreach (var e in events) { }
    /// </code>
    /// </summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="cancellationToken">Ends the wait for the subscription; it does not end the subscription.</param>
    /// <exception cref="EventHubException">The name is blank or too long, the topic has subscribers that expect another type, or the hub is not available.</exception>
    ValueTask<EventSubscription<T>> SubscribeAsync<T>(Topic<T> topic, CancellationToken cancellationToken = default);

    /// <summary>Ends the subscription of a connection including its handlers. It takes effect when the task completes.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    ValueTask UnsubscribeAsync<T>(Topic<T> topic, string channelId);

    /// <summary>
    /// Sends an event to every subscriber. The payload is encoded once, before the method returns. When the task completes, the subscribers of this
    /// node have the event in their outboxes, so a publisher that is subscribed receives it before its reply. The task does not wait for sockets.
    /// </summary>
    /// <typeparam name="T">The type of the event; bytes are sent as a binary message.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The event.</param>
    /// <param name="options">The excluded connection, and the form of the event.</param>
    /// <exception cref="EventHubException">
    /// The name is blank, the event is above the limit or can't be serialized, or subscribers of the topic expect another type; nothing was sent.
    /// Or the hub is overloaded or did not answer in time; in that case the event may still be sent.
    /// </exception>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="data"/> is null, and <typeparamref name="T"/> is neither a nullable value type nor a general JSON type
    /// (<see cref="object"/>, <see cref="System.Text.Json.JsonElement"/>, <see cref="System.Text.Json.Nodes.JsonNode"/>).
    /// </exception>
    ValueTask PublishAsync<T>(Topic<T> topic, T data, PublishOptions options = default);

    /// <summary>
    /// Returns the newest events that this node keeps of a topic that is declared with <c>WithHistory</c>. Every node of a cluster keeps them, so no other node is asked.
    /// </summary>
    /// <typeparam name="TEvent">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="maxEvents">The maximum number of events; the newest ones are returned.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EventHubException">
    /// The name is blank or too long, the topic has no history, it has events of another type, or the hub is not available.
    /// </exception>
    ValueTask<EventHistory<TEvent>> GetHistoryAsync<TEvent>(Topic<TEvent> topic, int maxEvents = int.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks the permissions of the subscriptions that clients have made to a topic, on all nodes, after the data that they depend on has changed. A subscription that is
    /// denied now ends, and its client is told. When the task completes, no event that is published later, on any node, reaches a subscription that it ended.
    /// </summary>
    /// <typeparam name="TEvent">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EventHubException">The name is blank or too long.</exception>
    /// <exception cref="TimeoutException">A node did not answer within <c>pikku.cluster.request-timeout</c>; the call has taken effect on the other nodes.</exception>
    ValueTask ReauthorizeAsync<TEvent>(Topic<TEvent> topic, CancellationToken cancellationToken = default);

    /// <summary>Asks the permissions of the subscriptions to all topics of a family, like <see cref="ReauthorizeAsync{TEvent}(Topic{TEvent}, CancellationToken)"/>.</summary>
    /// <typeparam name="TKey">The type of the key.</typeparam>
    /// <typeparam name="TEvent">The type of the events.</typeparam>
    /// <param name="topic">The family.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask ReauthorizeAsync<TKey, TEvent>(Topic<TKey, TEvent> topic, CancellationToken cancellationToken = default);
}
