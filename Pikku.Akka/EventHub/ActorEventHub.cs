using System.Numerics;
using System.Text.Json;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The hub as the application calls it, from any thread: checks, encodes on the caller's thread, and hands over to the lane of the topic.
/// A refused call never reaches a lane.
/// </summary>
internal sealed class ActorEventHub(
    HubGate gate, EventHubSettings settings, ISubscriberDirectory directory, JsonSerializerOptions json, HubMetrics metrics,
    IRemoteSubscriptions? others = null) : IEventHub
{
    public ValueTask Subscribe<T>(Topic<T> topic, string channelId) => Subscribe(topic, channelId, (IEventHandler?)null);

    public ValueTask Subscribe<T>(Topic<T> topic, string channelId, Func<T, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Subscribe(topic, channelId, new TypedHandler<T>(handler, json, metrics));
    }

    public ValueTask Unsubscribe<T>(Topic<T> topic, string channelId)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(channelId);
        try
        {
            TopicName.Check(topic.Name, settings.MaxTopicLength);
            if (others?.IsElsewhere(channelId) == true)
                return others.ChangeAsync(topic.Name, channelId, subscribe: false);
            if (directory.Find(channelId) is not { } subscriber)
                return default;

            var call = gate.Begin(isPublish: false);
            gate.Tell(gate.LaneOf(topic.Name), new HubProtocol.Unsubscribe(call, topic.Name, subscriber));
            return new ValueTask(call.Task);
        }
        catch (EventHubException exception)
        {
            return Refused(exception);
        }
    }

    public ValueTask Publish<T>(Topic<T> topic, T data, PublishOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        try
        {
            TopicName.Check(topic.Name, settings.MaxTopicLength);
            if (topic.Name == EventHubGap.Topic.Name)
                throw new EventHubException(EventHubError.InvalidTopic, $"The topic '{topic.Name}' is the hub's own.");
            return Publish(EventEncoder.Encode(topic.Name, data, options, json, settings.MaxEventSize));
        }
        catch (EventHubException exception)
        {
            return Refused(exception);
        }
    }

    /// <summary>Sends a message to the connections of a user, on all nodes; as <see cref="Publish{T}"/>.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="message">The message.</param>
    /// <param name="channels">The names of the channels whose connections get it; null for all.</param>
    public ValueTask SendToUser<T>(string userId, T message, IReadOnlyList<string>? channels = null)
    {
        try
        {
            var encoded = EventEncoder.EncodeMessage(HubAudience.User, userId, message, json, settings.MaxEventSize);
            encoded.Channels = channels;
            return Publish(encoded);
        }
        catch (EventHubException exception)
        {
            return Refused(exception);
        }
    }

    /// <summary>Ends all subscriptions of a connection. The connection calls it once it takes no more events; nothing is waited for.</summary>
    public void Remove(IEventSubscriber subscriber)
    {
        for (var lanes = subscriber.Subscriptions.Close(); lanes != 0; lanes &= lanes - 1)
            gate.Tell(BitOperations.TrailingZeroCount(lanes), new HubProtocol.RemoveSubscriber(subscriber));
    }

    private ValueTask Publish(HubEvent hubEvent)
    {
        var call = gate.Begin(isPublish: true);
        gate.Tell(gate.LaneOf(hubEvent.Topic), new HubProtocol.Publish(call, hubEvent));
        return new ValueTask(call.Task);
    }

    private ValueTask Subscribe<T>(Topic<T> topic, string channelId, IEventHandler? handler)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(channelId);
        try
        {
            TopicName.Check(topic.Name, settings.MaxTopicLength);
            if (others?.IsElsewhere(channelId) == true)
                return handler is null
                    ? others.ChangeAsync(topic.Name, channelId, subscribe: true)
                    : throw new NotSupportedException($"A handler runs where its connection is, and {channelId} is on another node.");
            // A connection that has gone needs no events, and its function no error: it ended while the function ran.
            if (directory.Find(channelId) is not { } subscriber)
                return default;

            var call = gate.Begin(isPublish: false);
            var lane = gate.LaneOf(topic.Name);
            if (subscriber.Subscriptions.TryEnter(lane))
                gate.Tell(lane, new HubProtocol.Subscribe(call, topic.Name, subscriber, handler));
            else
                call.Complete();
            return new ValueTask(call.Task);
        }
        catch (EventHubException exception)
        {
            return Refused(exception);
        }
    }

    private ValueTask Refused(EventHubException exception)
    {
        metrics.Refused(exception.Reason);
        return ValueTask.FromException(exception);
    }
}
