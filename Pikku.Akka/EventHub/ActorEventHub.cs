using System.Diagnostics;
using System.Numerics;
using System.Text.Json;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The event hub that the application calls, from any thread. It validates a call, encodes the event on the caller's thread, and sends the call to the
/// lane of the topic. A call that is refused never reaches a lane.
/// </summary>
internal sealed class ActorEventHub(
    HubClient client, EventHubSettings settings, ISubscriberDirectory directory, JsonSerializerOptions json, HubMetrics metrics,
    IRemoteSubscriptions? others = null, DeclaredTopics? declared = null, Func<ISubscriptionAuthorizer>? authorizer = null) : IClientHub
{
    /// <summary>The entries of presence and state topics that this node writes.</summary>
    public KeyedEntries Entries { get; } = new(client, settings, declared, directory);

    public ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId) => SubscribeAsync(topic, channelId, (IEventHandler?)null);

    public ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId, Func<T, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(topic);
        return SubscribeAsync(topic, channelId, new TypedHandler<T>(handler, json, metrics, SpansOf(topic.Name)));
    }

    public async ValueTask<EventSubscription<T>> SubscribeAsync<T>(Topic<T> topic, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        cancellationToken.ThrowIfCancellationRequested();
        var subscription = new ServerSubscription<T>(topic.Name, settings.MaxBufferedSize, json, Remove);
        try
        {
            subscription.FailWhen(client.Stopped);
            // The gaps first: a gap before the subscription is in force is no loss, but one directly after it is.
            if (topic.Name != EventHubGap.Topic.Name)
                await SubscribeAsync(EventHubGap.Topic, subscription.ListenForGaps()).AsTask().WaitOrAbandonAsync(cancellationToken);
            await SubscribeAsync(topic, subscription).AsTask().WaitOrAbandonAsync(cancellationToken);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    public ValueTask UnsubscribeAsync<T>(Topic<T> topic, string channelId)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(channelId);
        try
        {
            TopicName.Check(topic.Name, settings.MaxTopicLength);
            if (!client.Admits)
                return AfterStartAsync(() => UnsubscribeAsync(topic, channelId));
            if (others?.IsElsewhere(channelId) == true)
                return others.ChangeAsync(topic.Name, channelId, subscribe: false);
            if (directory.Find(channelId) is not { } subscriber)
                return default;

            var call = client.Begin(isPublish: false);
            client.Tell(call, topic.Name, new HubProtocol.Unsubscribe(call, topic.Name, subscriber));
            return client.OutcomeAsync(call);
        }
        catch (EventHubException exception)
        {
            return RefusedAsync(exception);
        }
    }

    public ValueTask PublishAsync<T>(Topic<T> topic, T data, PublishOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return PikkuActivities.HasListeners ? PublishInSpanAsync(topic, data, options) : PublishWithinAsync(topic, data, options);
    }

    public async ValueTask<EventHistory<TEvent>> GetHistoryAsync<TEvent>(Topic<TEvent> topic, int maxEvents = int.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentOutOfRangeException.ThrowIfNegative(maxEvents);
        try
        {
            CheckTopic(topic);
            if (declared?.HistoryOf(topic.Name) is not { IsKeyed: false })
                throw new EventHubException(EventHubErrorReason.InvalidTopic, $"The topic '{topic.Name}' keeps no events; declare it in a channel with {nameof(TopicBuilder.WithHistory)}.");
            var (position, events) = ("", new List<HubEvent>());
            await client.ReadAsync(Lanes.Of(topic.Name), (_, history) => (position, events) = (history.PositionOf(topic.Name).ToString(), KeptEvents(history, topic.Name, maxEvents)))
                .WaitOrAbandonAsync(cancellationToken);
            return new EventHistory<TEvent>(position, [.. events.Select(kept => new HistoryEvent<TEvent>(kept.At, kept.Read<TEvent>(json)))]);
        }
        catch (EventHubException exception)
        {
            metrics.Refused(exception.Reason);
            throw;
        }
        catch (JsonException exception)
        {
            throw new EventHubException(EventHubErrorReason.TypeMismatch, $"An event of the topic '{topic.Name}' can't be read as {typeof(TEvent)}.", exception);
        }
    }

    /// <summary>The topics to which connections of this node are subscribed.</summary>
    public async Task<ILookup<string, string>> TopicsOfAsync(IReadOnlyCollection<string> channelIds)
    {
        var found = await Task.WhenAll(Enumerable.Range(0, Lanes.Count).Select(async lane =>
        {
            var topics = new List<(string Channel, string Topic)>();
            await client.ReadAsync(lane, (table, _) => topics.AddRange(channelIds.SelectMany(id => table.TopicsOf(id).Keys.Select(topic => (id, topic)))));
            return topics;
        }));
        return found.SelectMany(topics => topics).ToLookup(one => one.Channel, one => one.Topic, StringComparer.Ordinal);
    }

    public ValueTask ReauthorizeAsync<TEvent>(Topic<TEvent> topic, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return ReauthorizeAsync(topic.Name, cancellationToken);
    }

    public ValueTask ReauthorizeAsync<TKey, TEvent>(Topic<TKey, TEvent> topic, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return ReauthorizeAsync(topic.Key.Template.Text, cancellationToken);
    }

    public ValueTask ChangeAsync(IClientChange change)
    {
        try
        {
            // The end of a subscription takes access away, so it is not refused because many calls wait. A connection has at most one per subscription.
            var call = change is IClientEnd ? client.BeginEnd() : client.Begin(isPublish: false);
            if (change.Subscriber.Subscriptions.TryEnter(Lanes.Of(change.Topic)))
                client.Tell(call, change.Topic, new HubProtocol.ChangeClient(call, change));
            else
                call.Complete();
            return client.OutcomeAsync(call);
        }
        catch (EventHubException exception)
        {
            return RefusedAsync(exception);
        }
    }

    /// <summary>Sends a message to the connections of a user on all nodes, with the limits and errors of <see cref="PublishAsync{T}"/>.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="message">The message.</param>
    /// <param name="channels">The names of the channels whose connections receive the message; null for all channels.</param>
    /// <param name="name">The name of a declared message; null for any other message.</param>
    public ValueTask SendToUserAsync<T>(string userId, T message, IReadOnlyList<string>? channels = null, string? name = null)
    {
        try
        {
            TopicName.CheckUser(userId, settings.MaxTopicLength);
            var encoded = EventEncoder.EncodeMessage(HubAudience.User, userId, message, json, settings.MaxEventSize, name);
            encoded.Channels = channels;
            return PublishAsync(encoded);
        }
        catch (EventHubException exception)
        {
            return RefusedAsync(exception);
        }
    }

    /// <summary>Ends all subscriptions of a connection, without waiting for the lanes. The connection calls it when it accepts no more events.</summary>
    public void Remove(IEventSubscriber subscriber)
    {
        for (var lanes = subscriber.Subscriptions.Close(); lanes != 0; lanes &= lanes - 1)
            client.Tell(BitOperations.TrailingZeroCount(lanes), new HubProtocol.RemoveSubscriber(subscriber));
        Entries.RemoveOwner(subscriber.Id);
    }

    public ValueTask JoinAsync(string topic, string channelId, byte[] info) => Entries.SetAsync(topic, channelId, info, channelId, isState: false, int.MaxValue);

    public ValueTask LeaveAsync(string topic, string channelId) => Entries.RemoveAsync(topic, channelId, channelId);

    public void NoteDropped(IEventSubscriber subscriber)
    {
        for (var lanes = subscriber.Subscriptions.RequestRefresh(); lanes != 0; lanes &= lanes - 1)
            client.Tell(BitOperations.TrailingZeroCount(lanes), new HubProtocol.EventsDropped(subscriber));
    }

    private ValueTask ReauthorizeAsync(string topic, CancellationToken cancellationToken)
    {
        try
        {
            TopicName.Check(topic, settings.MaxTopicLength);
            // A hub without connections, as in a test, has no subscriptions of clients.
            return authorizer?.Invoke().ReauthorizeAsync(topic, cancellationToken) ?? default;
        }
        catch (EventHubException exception)
        {
            return RefusedAsync(exception);
        }
    }

    // Events that are too old may still be kept for a moment.
    private static List<HubEvent> KeptEvents(LaneHistory history, string name, int maxEvents)
    {
        if (history.Find(name) is not { } topic)
            return [];
        var oldest = history.Now - topic.Options.MaxAge.TotalMilliseconds;
        return [.. topic.Events().Skip(Math.Max(0, topic.Count - maxEvents)).Where(kept => kept.Time >= oldest).Select(kept => (HubEvent)kept.Event)];
    }

    private async ValueTask PublishInSpanAsync<T>(Topic<T> topic, T data, PublishOptions options)
    {
        var spans = SpansOf(topic.Name);
        var span = PikkuActivities.Start(spans.Publish, ActivityKind.Producer);
        if (span is { IsAllDataRequested: true })
            PikkuActivities.DescribeTopic(span, SpanNames.Publish, SpanNames.Send, spans, topic.Name);
        try
        {
            await PublishWithinAsync(topic, data, options);
        }
        catch (Exception e)
        {
            PikkuActivities.Fail(span, e, (e as EventHubException)?.Reason.ToString());
            throw;
        }
        finally
        {
            PikkuActivities.Stop(span);
        }
    }

    private ValueTask PublishWithinAsync<T>(Topic<T> topic, T data, PublishOptions options)
    {
        try
        {
            TopicName.Check(topic.Name, settings.MaxTopicLength);
            if (topic.Name == EventHubGap.Topic.Name)
                throw new EventHubException(EventHubErrorReason.InvalidTopic, $"The topic '{topic.Name}' is reserved for events of the hub.");
            declared?.Check(topic.Name, TopicType<T>.For(json));
            if (data is null && !TopicType<T>.For(json).MayBeNull)
                throw new ArgumentNullException(
                    nameof(data), $"The topic '{topic.Name}' has events of type {typeof(T)}, which does not include null. To publish null, declare the topic with JsonElement or with a nullable value type.");
            var history = declared?.HistoryOf(topic.Name);
            if (history is { IsKeyed: true })
                throw new EventHubException(EventHubErrorReason.InvalidTopic,
                    $"The topic '{topic.Name}' holds entries, so its events come from changes of them; use {(history.IsState ? nameof(IPikkuState) : nameof(IPikkuPresence))}.");
            return PublishAsync(EventEncoder.Encode(topic.Name, data, options, json, settings.MaxEventSize, history: history));
        }
        catch (EventHubException exception)
        {
            return RefusedAsync(exception);
        }
    }

    private TopicSpans SpansOf(string topic) => declared?.SpansOf(topic) ?? TopicSpans.Undeclared;

    private ValueTask PublishAsync(HubEvent hubEvent)
    {
        if (PikkuActivities.HasListeners)
            hubEvent.Trace = TraceContext.Of(Activity.Current);
        var call = client.Begin(isPublish: true, hubEvent.Size);
        client.Tell(call, hubEvent.Topic, new HubProtocol.Publish(call, hubEvent));
        return client.OutcomeAsync(call);
    }

    // Before the start this node does not know its own id, so it can't tell the connections of other nodes from its own.
    private async ValueTask AfterStartAsync(Func<ValueTask> call)
    {
        try
        {
            await client.StartedAsync();
        }
        catch (EventHubException exception)
        {
            metrics.Refused(exception.Reason);
            throw;
        }

        await call();
    }

    private ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId, IEventHandler? handler)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(channelId);
        try
        {
            CheckTopic(topic);
            if (!client.Admits)
                return AfterStartAsync(() => SubscribeAsync(topic, channelId, handler));
            if (others?.IsElsewhere(channelId) == true)
                return handler is null
                    ? others.ChangeAsync(topic.Name, channelId, subscribe: true)
                    : throw new NotSupportedException($"A handler runs on the node of its connection, and connection {channelId} is on another node.");
            // The connection ended while the function ran. It needs no events, and the function needs no error.
            return directory.Find(channelId) is { } subscriber ? TellSubscribe(topic, subscriber, handler) : default;
        }
        catch (EventHubException exception)
        {
            return RefusedAsync(exception);
        }
    }

    // Subscribes server code, which is always on this node.
    private ValueTask SubscribeAsync<T>(Topic<T> topic, IEventSubscriber subscriber)
    {
        try
        {
            CheckTopic(topic);
            return TellSubscribe(topic, subscriber, handler: null);
        }
        catch (EventHubException exception)
        {
            return RefusedAsync(exception);
        }
    }

    private void CheckTopic<T>(Topic<T> topic)
    {
        TopicName.Check(topic.Name, settings.MaxTopicLength);
        declared?.Check(topic.Name, TopicType<T>.For(json));
    }

    // The lane counts what it refuses.
    private ValueTask TellSubscribe<T>(Topic<T> topic, IEventSubscriber subscriber, IEventHandler? handler)
    {
        var call = client.Begin(isPublish: false);
        if (subscriber.Subscriptions.TryEnter(Lanes.Of(topic.Name)))
            client.Tell(call, topic.Name, new HubProtocol.Subscribe(call, topic.Name, TopicType<T>.For(json), subscriber, handler));
        else
            call.Complete();
        return client.OutcomeAsync(call);
    }

    private ValueTask RefusedAsync(EventHubException exception)
    {
        metrics.Refused(exception.Reason);
        return ValueTask.FromException(exception);
    }
}
