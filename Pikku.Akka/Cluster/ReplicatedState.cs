using System.Text.Json;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The state topics of all nodes.</summary>
internal sealed class ReplicatedState(ActorEventHub hub, HubClient client, LimitSettings limits, JsonSerializerOptions json) : IPikkuState
{
    public ValueTask SetAsync<TValue>(StateTopic<TValue> topic, string key, TValue value, string? channelId = null)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentException.ThrowIfNullOrEmpty(key);
        byte[] encoded;
        try
        {
            encoded = JsonSerializer.SerializeToUtf8Bytes(value, json);
        }
        catch (Exception e)
        {
            // Getters and converters are code of the application and may throw any exception.
            throw new EventHubException(EventHubErrorReason.NotSerializable, $"The value of an entry of '{topic}' can't be serialized as {typeof(TValue)}.", e);
        }

        return hub.Entries.SetAsync(topic.Name, key, encoded, channelId, isState: true, limits.SubscriptionsPerConnection);
    }

    public ValueTask RemoveAsync<TValue>(StateTopic<TValue> topic, string key)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentException.ThrowIfNullOrEmpty(key);
        return hub.Entries.RemoveAsync(topic.Name, key);
    }

    public IReadOnlyDictionary<string, TValue> GetEntries<TValue>(StateTopic<TValue> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return client.Entries.EntriesOf(topic.Name).ToDictionary(entry => entry.Key, entry => JsonSerializer.Deserialize<TValue>(entry.Value, json)!, StringComparer.Ordinal);
    }
}
