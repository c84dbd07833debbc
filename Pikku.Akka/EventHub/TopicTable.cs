using System.Runtime.InteropServices;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The subscriptions of one lane, with two indexes. The index by topic is a dense list, because each publish iterates over it. The index by subscriber makes
/// the cost of a connection's end proportional to the number of its subscriptions. Not thread-safe: the lane owns it.
/// </summary>
internal sealed class TopicTable
{
    private static readonly Dictionary<string, Subscription> EmptyTopics = [];

    private readonly Dictionary<string, TopicEntry> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Subscription>> _subscribers = new(StringComparer.Ordinal);

    /// <summary>The number of topics that have a subscriber. A topic without subscribers uses no memory.</summary>
    public int Topics => _topics.Count;

    /// <summary>The subscribers of a topic. The span is valid until the table changes.</summary>
    public ReadOnlySpan<Subscription> SubscribersOf(string topic) =>
        _topics.TryGetValue(topic, out var entry) ? CollectionsMarshal.AsSpan(entry.Subscriptions) : [];

    /// <summary>The subscribers of a topic, for an event that is delivered to them and counted.</summary>
    public ReadOnlySpan<Subscription> ReceiversOf(string topic)
    {
        if (!_topics.TryGetValue(topic, out var entry))
            return [];
        entry.Events++;
        return CollectionsMarshal.AsSpan(entry.Subscriptions);
    }

    /// <summary>The number of events that were delivered to the subscribers of a topic since it has some.</summary>
    public long EventsOf(string topic) => _topics.TryGetValue(topic, out var entry) ? entry.Events : 0;

    /// <summary>The type that the subscribers of a topic expect; null when it has no subscribers, or when all of them accept any type.</summary>
    public TopicType? TypeOf(string topic) => _topics.TryGetValue(topic, out var entry) ? entry.Type : null;

    /// <summary>True when the subscription exists; a null <paramref name="handler"/> stands for the subscription of the application.</summary>
    public bool Contains(string topic, string channelId, IEventHandler? handler) =>
        _subscribers.TryGetValue(channelId, out var topics) && topics.TryGetValue(topic, out var subscription) && subscription.Has(handler);

    /// <summary>Adds a subscription; a null <paramref name="handler"/> stands for the subscription of the application.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="type">The type that the subscriber expects. It must not conflict with <see cref="TypeOf"/>.</param>
    /// <param name="subscriber">The subscriber.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>False when the subscription already existed.</returns>
    public bool Add(string topic, TopicType type, IEventSubscriber subscriber, IEventHandler? handler)
    {
        var subscription = GetOrAdd(topic, type, subscriber);
        if (subscription.Has(handler))
            return false;

        subscription.Add(handler);
        return true;
    }

    /// <summary>The subscriptions of a subscriber to a topic; null when it has none.</summary>
    public Subscription? Find(string topic, string channelId) =>
        _subscribers.TryGetValue(channelId, out var topics) && topics.TryGetValue(topic, out var subscription) ? subscription : null;

    /// <summary>The topics of a subscriber with its subscriptions.</summary>
    public IReadOnlyDictionary<string, Subscription> TopicsOf(string channelId) =>
        _subscribers.TryGetValue(channelId, out var topics) ? topics : EmptyTopics;

    /// <summary>The names of all topics that have a subscriber.</summary>
    public IReadOnlyCollection<string> Names => _topics.Keys;

    /// <summary>True when the client of a subscriber has subscribed by itself.</summary>
    public bool HasClient(string topic, string channelId) =>
        _subscribers.TryGetValue(channelId, out var topics) && topics.TryGetValue(topic, out var subscription) && subscription.IsOfClient;

    /// <summary>Adds the subscription that a client has made by itself, as <see cref="Add"/>.</summary>
    public void AddClient(string topic, TopicType type, IEventSubscriber subscriber) => GetOrAdd(topic, type, subscriber).IsOfClient = true;

    /// <summary>Removes the subscription that a client has made by itself. Those of the application remain.</summary>
    /// <returns>How many subscriptions that were.</returns>
    public int RemoveClient(string topic, string channelId)
    {
        if (!HasClient(topic, channelId))
            return 0;
        var subscription = _subscribers[channelId][topic];
        if (subscription.Count == 1)
            return Remove(topic, channelId);
        subscription.IsOfClient = false;
        return 1;
    }

    /// <summary>Removes all subscriptions of a subscriber to a topic, including its handlers and that of the client.</summary>
    /// <returns>How many subscriptions that were.</returns>
    public int Remove(string topic, string channelId)
    {
        if (!_subscribers.TryGetValue(channelId, out var topics) || !topics.Remove(topic, out var subscription))
            return 0;
        if (topics.Count == 0)
            _subscribers.Remove(channelId);

        RemoveFromTopic(topic, subscription);
        return subscription.Count;
    }

    /// <summary>Removes all subscriptions of a subscriber.</summary>
    /// <returns>How many subscriptions that were.</returns>
    public int RemoveSubscriber(string channelId)
    {
        if (!_subscribers.Remove(channelId, out var topics))
            return 0;

        var removed = 0;
        foreach (var (topic, subscription) in topics)
        {
            RemoveFromTopic(topic, subscription);
            removed += subscription.Count;
        }

        return removed;
    }

    private Subscription GetOrAdd(string topic, TopicType type, IEventSubscriber subscriber)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_topics, topic, out _);
        entry ??= new TopicEntry();
        if (entry.Type is null && !type.IsAny)
            entry.Type = type;
        ref var topics = ref CollectionsMarshal.GetValueRefOrAddDefault(_subscribers, subscriber.Id, out _);
        topics ??= new Dictionary<string, Subscription>(StringComparer.Ordinal);
        if (topics.TryGetValue(topic, out var known))
            return known;

        var subscription = new Subscription(subscriber, entry.Subscriptions.Count);
        entry.Subscriptions.Add(subscription);
        topics.Add(topic, subscription);
        return subscription;
    }

    private void RemoveFromTopic(string topic, Subscription subscription)
    {
        var subscribers = _topics[topic].Subscriptions;
        if (subscribers.Count == 1)
        {
            _topics.Remove(topic);
            return;
        }

        // The last subscription moves to the free index. The list stays dense, and no other subscription moves.
        var last = subscribers[^1];
        subscribers[subscription.Index] = last;
        last.Index = subscription.Index;
        subscribers.RemoveAt(subscribers.Count - 1);
    }

    // The first subscriber with a type determines the type of the topic for as long as the topic has subscribers.
    private sealed class TopicEntry
    {
        public List<Subscription> Subscriptions { get; } = [];

        public TopicType? Type { get; set; }

        public long Events { get; set; }
    }
}
