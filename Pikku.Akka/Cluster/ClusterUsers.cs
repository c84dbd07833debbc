using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The connections of a user, here and elsewhere.</summary>
internal sealed class ClusterUsers(
    ActorEventHub hub, SharedSessions sessions, SessionSettings settings, IReadOnlyList<CompiledChannel> channels, HubClient client) : IPikkuUsers
{
    public ValueTask SendAsync<T>(string userId, T message)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return hub.SendToUserAsync(userId, message, Takers(typeof(T)));
    }

    public async ValueTask RevokeAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        await client.StartedAsync().WaitAsync(cancellationToken); // before it no other node is known, and none would be asked
        await sessions.RevokeAsync(userId, settings.OnRevoke == SessionExpiry.Close, cancellationToken);
    }

    // Whoever sends to a user does not know where the user is connected. A client takes whatever belongs to no topic for one of the types that its
    // channel declares, so that a message of another type must not get there. Binary messages have no type, and handlers of their own.
    private string[]? Takers(Type message)
    {
        if (BinaryValue.IsBinary(message))
            return null;
        string[] takers = [.. channels.Where(channel => Declared(channel).Contains(message)).Select(channel => channel.Name)];
        if (takers.Length == 0)
            takers = [.. channels.Where(channel => !Declared(channel).Any()).Select(channel => channel.Name)];
        if (takers.Length == 0)
            throw new InvalidOperationException(
                $"No channel declares that its clients are sent a {message}, so that none would know what it is. Declare it with .Sends<{message.Name}>() on "
                + "the channels whose clients are to get it.");
        return takers.Length == channels.Count ? null : takers;
    }

    private static IEnumerable<Type> Declared(CompiledChannel channel) =>
        channel.OnConnect?.Runner.Output is { Type: var welcome } ? channel.Messages.Append(welcome) : channel.Messages;
}
