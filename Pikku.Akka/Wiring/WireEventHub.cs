namespace Pikku.Akka;

/// <summary>The event hub for one connection: subscriptions without a connection id apply to that connection.</summary>
/// <param name="hub">The hub of the node.</param>
/// <param name="channel">The connection.</param>
public readonly struct WireEventHub(IEventHub hub, IPikkuChannel channel)
{
    /// <inheritdoc cref="IEventHub.Subscribe{T}(Topic{T}, string)"/>
    public ValueTask Subscribe<T>(Topic<T> topic) => hub.Subscribe(topic, channel.Id);

    /// <inheritdoc cref="IEventHub.Subscribe{T}(Topic{T}, string)"/>
    public ValueTask Subscribe<T>(Topic<T> topic, IPikkuChannel subscriber) => hub.Subscribe(topic, subscriber);

    /// <inheritdoc cref="IEventHub.Subscribe{T}(Topic{T}, string, Func{T, ValueTask})"/>
    public ValueTask Subscribe<T>(Topic<T> topic, Func<T, ValueTask> handler) => hub.Subscribe(topic, channel.Id, handler);

    /// <inheritdoc cref="IEventHub.Unsubscribe{T}(Topic{T}, string)"/>
    public ValueTask Unsubscribe<T>(Topic<T> topic) => hub.Unsubscribe(topic, channel.Id);

    /// <inheritdoc cref="IEventHub.Publish{T}(Topic{T}, T, PublishOptions)"/>
    public ValueTask Publish<T>(Topic<T> topic, T data, PublishOptions options = default) => hub.Publish(topic, data, options);

    /// <summary>Publishes an event to all subscribers except this connection.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The event.</param>
    public ValueTask PublishToOthers<T>(Topic<T> topic, T data) => hub.Publish(topic, data, new PublishOptions { Except = channel.Id });
}
