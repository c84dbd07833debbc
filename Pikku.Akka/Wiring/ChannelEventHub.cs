namespace Pikku.Akka;

/// <summary>The event hub for one connection: subscriptions without a connection id apply to that connection.</summary>
/// <param name="hub">The hub of the node.</param>
/// <param name="channel">The connection.</param>
public readonly struct ChannelEventHub(IEventHub hub, IPikkuChannel channel)
{
    /// <inheritdoc cref="IEventHub.SubscribeAsync{T}(Topic{T}, string)"/>
    public ValueTask SubscribeAsync<T>(Topic<T> topic) => hub.SubscribeAsync(topic, channel.Id);

    /// <inheritdoc cref="IEventHub.SubscribeAsync{T}(Topic{T}, string)"/>
    public ValueTask SubscribeAsync<T>(Topic<T> topic, IPikkuChannel subscriber) => hub.SubscribeAsync(topic, subscriber);

    /// <inheritdoc cref="IEventHub.SubscribeAsync{T}(Topic{T}, string, Func{T, ValueTask})"/>
    public ValueTask SubscribeAsync<T>(Topic<T> topic, Func<T, ValueTask> handler) => hub.SubscribeAsync(topic, channel.Id, handler);

    /// <inheritdoc cref="IEventHub.UnsubscribeAsync{T}(Topic{T}, string)"/>
    public ValueTask UnsubscribeAsync<T>(Topic<T> topic) => hub.UnsubscribeAsync(topic, channel.Id);

    /// <inheritdoc cref="IEventHub.PublishAsync{T}(Topic{T}, T, PublishOptions)"/>
    public ValueTask PublishAsync<T>(Topic<T> topic, T data, PublishOptions options = default) => hub.PublishAsync(topic, data, options);

    /// <summary>Publishes an event to all subscribers except this connection.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The event.</param>
    public ValueTask PublishToOthersAsync<T>(Topic<T> topic, T data) => hub.PublishAsync(topic, data, new PublishOptions { ExceptChannelId = channel.Id });
}
