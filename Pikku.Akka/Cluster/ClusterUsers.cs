using System.Text.Json;
using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Operations on the connections of a user on all nodes.</summary>
internal sealed class ClusterUsers(
    ActorEventHub hub, SharedSessions sessions, PikkuSettings settings, MessageReceivers receivers, IReadOnlyList<CompiledChannel> channels, HubClient client,
    ClientCalls calls, EveryNode nodes) : IPikkuUsers
{
    public ValueTask SendAsync<T>(string userId, T message)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return hub.SendToUserAsync(userId, message, receivers.OfUser(typeof(T)), receivers.NameOf(typeof(T)));
    }

    public async ValueTask<TOutput?> InvokeAsync<TInput, TOutput>(
        string userId, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        ArgumentNullException.ThrowIfNull(function);
        await client.StartedAsync(cancellationToken);
        return await calls.InvokeUserAsync(userId, function, input, cancellationToken);
    }

    public async ValueTask RevokeAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        await client.StartedAsync(cancellationToken); // before the start no other node is known, so the request would reach none
        await sessions.RevokeAsync(userId, settings.Session.OnRevoke == SessionExpiry.Close, cancellationToken);
    }

    public async ValueTask RefreshAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        await nodes.RunAsync(new NodeMessage.Refresh(userId), cancellationToken);
    }

    public ValueTask UnsubscribeAsync<TEvent>(string userId, Topic<TEvent> topic, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        ArgumentNullException.ThrowIfNull(topic);
        TopicName.Check(topic.Name, settings.EventHub.MaxTopicLength);
        return EndAsync(new NodeMessage.EndSubscriptions(userId, topic.Name), cancellationToken);
    }

    public ValueTask DisconnectAsync(string userId, string? channel = null, string reason = "disconnected", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        ArgumentNullException.ThrowIfNull(reason);
        if (channel is not null && channels.All(wired => wired.Name != channel))
            throw new ArgumentException($"There is no channel '{channel}'. The channels are: {string.Join(", ", channels.Select(wired => wired.Name))}.", nameof(channel));
        return EndAsync(new NodeMessage.Disconnect(userId, channel, reason), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<UserChannel>> GetChannelsAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        var answers = await nodes.RunAsync(new NodeMessage.GetChannels(userId), cancellationToken);
        return [.. answers.SelectMany(answer => JsonSerializer.Deserialize<UserChannel[]>(answer, NodeReport.Json)!)];
    }

    private async ValueTask EndAsync(NodeMessage request, CancellationToken cancellationToken) => await nodes.RunAsync(request, cancellationToken);
}
