using System.Text;
using System.Text.Json;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The presence of the connections of all nodes.</summary>
internal sealed class ClusterPresence(
    KeyedIndex index, LocalPresence local, ClusterClient client, EventHubSettings settings, JsonSerializerOptions json) : IPikkuPresence
{
    public async ValueTask JoinAsync<T>(string topic, string channelId, T info)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(channelId);
        var text = Encode(info);
        if (client.IsElsewhere(channelId))
            await client.RequestAsync(channelId, new NodeMessage.ChangePresence(topic, channelId, text));
        else
            await local.JoinAsync(topic, channelId, text);
    }

    public async ValueTask LeaveAsync(string topic, string channelId)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(channelId);
        if (client.IsElsewhere(channelId))
            await client.RequestAsync(channelId, new NodeMessage.ChangePresence(topic, channelId, null));
        else
            await local.LeaveAsync(topic, channelId);
    }

    public IReadOnlyList<PresenceEntry<T>> GetEntries<T>(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return [.. index.EntriesOf(topic).Select(entry => new PresenceEntry<T>(entry.Key, JsonSerializer.Deserialize<T>(entry.Value, json)!))];
    }

    public int GetCount(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return index.Count(topic);
    }

    private string Encode<T>(T info)
    {
        string text;
        try
        {
            text = JsonSerializer.Serialize(info, json);
        }
        catch (Exception e)
        {
            throw new EventHubException(EventHubErrorReason.NotSerializable, $"The presence info of a connection can't be serialized as {typeof(T)}.", e);
        }

        var size = Encoding.UTF8.GetByteCount(text);
        return size <= settings.MaxEventSize
            ? text
            : throw new EventHubException(EventHubErrorReason.TooLarge,
                $"The presence info of a connection has {size} bytes; pikku.event-hub.max-event-size allows {settings.MaxEventSize}.");
    }
}
