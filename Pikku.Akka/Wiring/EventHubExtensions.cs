namespace Pikku.Akka;

/// <summary>Overloads of the event hub that take a connection instead of its id.</summary>
public static class EventHubExtensions
{
    /// <inheritdoc cref="IEventHub.Subscribe{T}(Topic{T}, string)"/>
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="channel">The connection.</param>
    public static ValueTask Subscribe<T>(this IEventHub hub, Topic<T> topic, IPikkuChannel channel)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(channel);
        return hub.Subscribe(topic, channel.Id);
    }

    /// <inheritdoc cref="IEventHub.Subscribe{T}(Topic{T}, string, Func{T, ValueTask})"/>
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="channel">The connection.</param>
    /// <param name="handler">Runs in order with the messages of the connection.</param>
    public static ValueTask Subscribe<T>(this IEventHub hub, Topic<T> topic, IPikkuChannel channel, Func<T, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(channel);
        return hub.Subscribe(topic, channel.Id, handler);
    }

    /// <inheritdoc cref="IEventHub.Unsubscribe{T}(Topic{T}, string)"/>
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="channel">The connection.</param>
    public static ValueTask Unsubscribe<T>(this IEventHub hub, Topic<T> topic, IPikkuChannel channel)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(channel);
        return hub.Unsubscribe(topic, channel.Id);
    }
}
