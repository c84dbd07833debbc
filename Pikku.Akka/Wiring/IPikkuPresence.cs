namespace Pikku.Akka;

/// <summary>
/// Tracks which connections are present in which topics, such as rooms or documents. A connection joins a presence topic, and leaves it at the latest when it
/// ends. Every node knows all entries: a change reaches the other nodes within the delay between nodes, in the order of the events of the topic, and the entries of a
/// node that died are removed when the cluster removes the node. Clients subscribe to topics that <see cref="ChannelBuilder.AddPresence{TInfo}"/> declares.
/// </summary>
public interface IPikkuPresence
{
    /// <summary>Adds a connection to a presence topic, or replaces its info there. The entry ends with the connection.</summary>
    /// <typeparam name="T">The type of the info.</typeparam>
    /// <param name="topic">The name of the presence topic, with the rules of a topic name. It is also the name of the topic whose events are the changes.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="info">Info about the connection for the others, such as a name.</param>
    /// <exception cref="EventHubException">The name is blank or too long, the connection has joined too many presence topics, or <paramref name="info"/> can't be serialized or is too large.</exception>
    ValueTask JoinAsync<T>(string topic, string channelId, T info);

    /// <summary>Removes a connection from a presence topic; does nothing when it has not joined.</summary>
    /// <param name="topic">The name of the presence topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    ValueTask LeaveAsync(string topic, string channelId);

    /// <summary>Lists the connections in a presence topic in no particular order.</summary>
    /// <typeparam name="T">The type of the info.</typeparam>
    /// <param name="topic">The name of the presence topic.</param>
    /// <exception cref="System.Text.Json.JsonException">The info of an entry is not a <typeparamref name="T"/>.</exception>
    IReadOnlyList<PresenceEntry<T>> GetEntries<T>(string topic);

    /// <summary>Counts the connections in a presence topic.</summary>
    /// <param name="topic">The name of the presence topic.</param>
    int GetCount(string topic);
}
