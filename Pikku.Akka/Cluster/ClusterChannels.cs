using System.Text.Json;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Operations on a connection of this node or of another node.</summary>
internal sealed class ClusterChannels(
    ConnectionDirectory directory, ClusterClient client, MessageReceivers receivers, EventHubSettings settings, JsonSerializerOptions json, HubClient hub,
    ClientCalls calls) : IPikkuChannels
{
    public ValueTask SendAsync<T>(string channelId, T message)
    {
        ArgumentNullException.ThrowIfNull(channelId);
        // The channel of the connection is known on the node of the connection only. A message that no channel accepts is refused here in any case.
        var accepting = receivers.OfConnection(typeof(T));
        // Encoding here gives the message the same form, limit and errors on every node.
        var encoded = EventEncoder.EncodeMessage(HubAudience.Channel, channelId, message, json, settings.MaxEventSize, receivers.NameOf(typeof(T)));
        encoded.Channels = accepting;
        if (client.IsElsewhere(channelId))
        {
            client.Send(channelId, new NodeMessage.Deliver(encoded));
        }
        else if (directory.Find(channelId) is { } connection)
        {
            connection.Endpoint.CheckMessage(typeof(T));
            connection.Deliver(encoded);
        }

        return default;
    }

    public async ValueTask<TOutput?> InvokeAsync<TInput, TOutput>(
        string channelId, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channelId);
        ArgumentNullException.ThrowIfNull(function);
        await hub.StartedAsync(cancellationToken); // before the start this node does not know its own id
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
