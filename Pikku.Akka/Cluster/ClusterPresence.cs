using System.Text;
using System.Text.Json;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Who is where, here and elsewhere.</summary>
internal sealed class ClusterPresence(
    PresenceIndex index, LocalPresence local, ClusterClient client, EventHubSettings settings, JsonSerializerOptions json) : IPikkuPresence
{
    public async ValueTask Join<T>(string place, string channelId, T about)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(channelId);
        var text = Encode(about);
        if (client.IsElsewhere(channelId))
            await client.RequestAsync(channelId, new NodeMessage.ChangePresence(place, channelId, text));
        else
            local.Join(place, channelId, text);
    }

    public async ValueTask Leave(string place, string channelId)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(channelId);
        if (client.IsElsewhere(channelId))
            await client.RequestAsync(channelId, new NodeMessage.ChangePresence(place, channelId, null));
        else
            local.Leave(place, channelId);
    }

    public IReadOnlyList<Present<T>> List<T>(string place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return [.. index.At(place).Select(entry => new Present<T>(entry.Key, JsonSerializer.Deserialize<T>(entry.Value, json)!))];
    }

    public int Count(string place)
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
            throw new EventHubException(EventHubError.NotSerializable, $"What is told about a channel can't be serialised as {typeof(T)}.", e);
        }

        var size = Encoding.UTF8.GetByteCount(text);
        return size <= settings.MaxEventSize
            ? text
            : throw new EventHubException(EventHubError.TooLarge,
                $"What is told about a channel has {size} bytes; pikku.event-hub.max-event-size allows {settings.MaxEventSize}.");
    }
}
