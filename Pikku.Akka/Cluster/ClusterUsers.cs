using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Operations on the connections of a user on all nodes.</summary>
internal sealed class ClusterUsers(
    ActorEventHub hub, SharedSessions sessions, SessionSettings settings, IReadOnlyList<CompiledChannel> channels, HubClient client,
    NodeRequestHandler requests) : IPikkuUsers
{
    public ValueTask SendAsync<T>(string userId, T message)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return hub.SendToUserAsync(userId, message, ReceivingChannels(typeof(T)));
    }

    public async ValueTask RevokeAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        await client.StartedAsync().WaitAsync(cancellationToken); // before the start no other node is known, so the request would reach none
        await sessions.RevokeAsync(userId, settings.OnRevoke == SessionExpiry.Close, cancellationToken);
    }

    public async ValueTask RefreshAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        await requests.RefreshAsync(userId).WaitAsync(cancellationToken);
    }

    // The sender does not know which channels the user is connected to. A client reads a message without a topic as one of the types that its channel
    // declares, so it must not receive a message of another type. Binary messages have no type, and clients handle them separately.
    private string[]? ReceivingChannels(Type message)
    {
        if (BinaryValue.IsBinary(message))
            return null;
        string[] receivers = [.. channels.Where(channel => Declared(channel).Contains(message)).Select(channel => channel.Name)];
        if (receivers.Length == 0)
            receivers = [.. channels.Where(channel => !Declared(channel).Any()).Select(channel => channel.Name)];
        if (receivers.Length == 0)
            throw new InvalidOperationException(
                $"No channel declares the message type {message}, so no client could read it. Declare it with .Sends<{message.Name}>() on "
                + "the channels whose clients should receive it.");
        return receivers.Length == channels.Count ? null : receivers;
    }

    private static IEnumerable<Type> Declared(CompiledChannel channel) =>
        channel.OnConnect?.Runner.Output is { Type: var welcome } ? channel.Messages.Append(welcome) : channel.Messages;
}
