using System.Text;
using System.Text.Json;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Who is where, here and elsewhere.</summary>
internal sealed class ClusterPresence(
    PresenceIndex index, LocalPresence local, ClusterClient client, EventHubSettings settings, JsonSerializerOptions json) : IPikkuPresence
{
    public async ValueTask JoinAsync<T>(string place, string channelId, T about)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(channelId);
        var text = Encode(about);
        if (client.IsElsewhere(channelId))
            await client.RequestAsync(channelId, new NodeMessage.ChangePresence(place, channelId, text));
        else
            local.Join(place, channelId, text);
    }

    public async ValueTask LeaveAsync(string place, string channelId)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(channelId);
        if (client.IsElsewhere(channelId))
            await client.RequestAsync(channelId, new NodeMessage.ChangePresence(place, channelId, null));
        else
            local.Leave(place, channelId);
    }

    public IReadOnlyList<PresenceEntry<T>> GetEntries<T>(string place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return [.. index.At(place).Select(entry => new PresenceEntry<T>(entry.Key, JsonSerializer.Deserialize<T>(entry.Value, json)!))];
    }

    public int GetCount(string place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return index.Count(place);
    }

    private string Encode<T>(T about)
    {
        string text;
        try
        {
            text = JsonSerializer.Serialize(about, json);
        }
        catch (Exception e)
        {
            throw new EventHubException(EventHubErrorReason.NotSerializable, $"What is told about a channel can't be serialised as {typeof(T)}.", e);
        }

        var size = Encoding.UTF8.GetByteCount(text);
        return size <= settings.MaxEventSize
            ? text
            : throw new EventHubException(EventHubErrorReason.TooLarge,
                $"What is told about a channel has {size} bytes; pikku.event-hub.max-event-size allows {settings.MaxEventSize}.");
    }
}
