using System.Text.Json;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Operations on a connection of this node or of another node.</summary>
internal sealed class ClusterChannels(
    ConnectionDirectory directory, ClusterClient client, EventHubSettings settings, JsonSerializerOptions json, DeclaredMessages messages, HubClient hub,
    ClientCalls calls) : IPikkuChannels
{
    public ValueTask SendAsync<T>(string channelId, T message)
    {
        ArgumentNullException.ThrowIfNull(channelId);
        // Encoding here gives the message the same form, limit and errors on every node.
        var encoded = EventEncoder.EncodeMessage(HubAudience.Channel, channelId, message, json, settings.MaxEventSize, messages.NameOf(typeof(T)));
        if (client.IsElsewhere(channelId))
            client.Send(channelId, new NodeMessage.Deliver(encoded));
        else
            directory.Find(channelId)?.Deliver(encoded);
        return default;
    }

    public async ValueTask<TOutput?> InvokeAsync<TInput, TOutput>(
        string channelId, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channelId);
        ArgumentNullException.ThrowIfNull(function);
        await hub.StartedAsync().WaitAsync(cancellationToken); // before the start this node does not know its own id
        return await calls.InvokeChannelAsync(channelId, function, input, cancellationToken);
    }

    public ValueTask CloseAsync(string channelId, CloseCode code = CloseCode.Normal, string reason = "")
    {
        ArgumentNullException.ThrowIfNull(channelId);
        ArgumentNullException.ThrowIfNull(reason);
        if (client.IsElsewhere(channelId))
            client.Send(channelId, new NodeMessage.CloseChannel(channelId, code, reason));
        else
            directory.Find(channelId)?.Close(code, reason);
        return default;
    }
}
