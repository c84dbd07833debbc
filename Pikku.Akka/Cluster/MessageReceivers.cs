using System.Collections.Concurrent;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The channels whose clients can read a message. A sender that does not know the channel of a connection, because the connection is on another node or
/// belongs to any device of a user, sends the names of these channels with the message. Thread-safe.
/// </summary>
internal sealed class MessageReceivers(IReadOnlyList<CompiledChannel> channels)
{
    private readonly ConcurrentDictionary<Type, string[]?> _toUser = new();
    private readonly ConcurrentDictionary<Type, string[]?> _toConnection = new();

    /// <summary>
    /// The channels that receive a message to a user: those that declare its type, or those that declare no messages when no channel declares it. Null
    /// for all channels.
    /// </summary>
    /// <exception cref="InvalidOperationException">Every channel declares its messages, and none declares this type.</exception>
    public string[]? OfUser(Type message) => _toUser.GetOrAdd(message, type =>
    {
        if (ClientDeclarations.IsFree(type))
            return null;
        var declaring = Where(channel => channel.Declares(type));
        return Narrow(type, declaring.Length > 0 ? declaring : Where(channel => channel.HasNoMessages));
    });

    /// <summary>The channels whose connections may receive a message as a message of their own. Null for all channels.</summary>
    /// <exception cref="InvalidOperationException">Every channel declares its messages, and none declares this type.</exception>
    public string[]? OfConnection(Type message) => _toConnection.GetOrAdd(message, type => Narrow(type, Where(channel => channel.Accepts(type))));

    private string[] Where(Func<ClientDeclarations, bool> condition) =>
        [.. channels.Where(channel => condition(channel.Declarations)).Select(channel => channel.Name)];

    private string[]? Narrow(Type message, string[] receivers)
    {
        if (receivers.Length == 0)
            throw new InvalidOperationException(
                $"No channel declares the message type {message}, so no client could read it. Declare it with AddClientMessage<{message.Name}>() on "
                + "the channels whose clients should receive it.");
        return receivers.Length == channels.Count ? null : receivers;
    }
}
