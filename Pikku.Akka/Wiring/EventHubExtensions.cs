namespace Pikku.Akka;

/// <summary>Overloads of the event hub that take a connection instead of its id.</summary>
public static class EventHubExtensions
{
    /// <inheritdoc cref="IEventHub.SubscribeAsync{T}(Topic{T}, string)"/>
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="channel">The connection.</param>
    public static ValueTask SubscribeAsync<T>(this IEventHub hub, Topic<T> topic, IPikkuChannel channel)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(channel);
        return hub.SubscribeAsync(topic, channel.Id);
    }

    /// <inheritdoc cref="IEventHub.SubscribeAsync{T}(Topic{T}, string, Func{T, ValueTask})"/>
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="channel">The connection.</param>
    /// <param name="handler">Runs in order with the messages of the connection.</param>
    public static ValueTask SubscribeAsync<T>(this IEventHub hub, Topic<T> topic, IPikkuChannel channel, Func<T, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(channel);
        return hub.SubscribeAsync(topic, channel.Id, handler);
    }

    /// <inheritdoc cref="IEventHub.UnsubscribeAsync{T}(Topic{T}, string)"/>
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="channel">The connection.</param>
    public static ValueTask UnsubscribeAsync<T>(this IEventHub hub, Topic<T> topic, IPikkuChannel channel)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(channel);
        return hub.UnsubscribeAsync(topic, channel.Id);
    }
}
