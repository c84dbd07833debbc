namespace Pikku.Akka.Inspection;

/// <summary>The event hub for permissions whose decision is explained: its histories can be read.</summary>
internal sealed class UnchangedHub(IEventHub hub) : IEventHub
{
    public ValueTask<EventHistory<TEvent>> GetHistoryAsync<TEvent>(Topic<TEvent> topic, int maxEvents = int.MaxValue, CancellationToken cancellationToken = default) =>
        hub.GetHistoryAsync(topic, maxEvents, cancellationToken);

    public ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId) => throw ExplainedChannel.Unchanged();

    public ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId, Func<T, ValueTask> handler) => throw ExplainedChannel.Unchanged();

    public ValueTask<EventSubscription<T>> SubscribeAsync<T>(Topic<T> topic, CancellationToken cancellationToken = default) => throw ExplainedChannel.Unchanged();

    public ValueTask UnsubscribeAsync<T>(Topic<T> topic, string channelId) => throw ExplainedChannel.Unchanged();

    public ValueTask PublishAsync<T>(Topic<T> topic, T data, PublishOptions options = default) => throw ExplainedChannel.Unchanged();

    public ValueTask ReauthorizeAsync<TEvent>(Topic<TEvent> topic, CancellationToken cancellationToken = default) => throw ExplainedChannel.Unchanged();

    public ValueTask ReauthorizeAsync<TKey, TEvent>(Topic<TKey, TEvent> topic, CancellationToken cancellationToken = default) => throw ExplainedChannel.Unchanged();
}
