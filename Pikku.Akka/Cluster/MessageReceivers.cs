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

    private readonly ConcurrentDictionary<Type, string?> _names = new();

    /// <summary>The channels that receive a message to a user: those that declare its type. Null for all channels.</summary>
    /// <exception cref="InvalidOperationException">No channel declares this type.</exception>
    public string[]? OfUser(Type message) => _toUser.GetOrAdd(
        message, type => ClientDeclarations.IsFree(type) ? null : Narrow(type, Where(channel => channel.Declares(type))));

    /// <summary>The name of a declared message on <c>pikku.v1</c>; null for a type that no channel declares, or that has no name.</summary>
    public string? NameOf(Type message) => _names.GetOrAdd(
        message, type => channels.Select(channel => channel.Declarations.NameOf(type)).FirstOrDefault(name => name is not null));

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
