namespace Pikku.Akka;

/// <summary>
/// Tracks which connections are present at which places. A place is a topic, a room or a channel; a connection joins it and leaves it at the
/// latest when it ends. Every node knows all entries: a change reaches the other nodes within some tenths of a second, and the entries of a node
/// that died disappear when the cluster removes the node.
/// </summary>
public interface IPikkuPresence
{
    /// <summary>Adds a connection to a place, or replaces its data there. The entry ends with the connection.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="place">The name of the place, with the rules of a topic name.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="about">Data about the connection for the others, such as a name.</param>
    /// <exception cref="EventHubException">The name is blank or too long, the connection has joined too many places, or <paramref name="about"/> can't be serialized or is too large.</exception>
    ValueTask JoinAsync<T>(string place, string channelId, T about);

    /// <summary>Removes a connection from a place; does nothing when it has not joined.</summary>
    /// <param name="place">The place.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    ValueTask LeaveAsync(string place, string channelId);

    /// <summary>Lists the connections at a place in no particular order.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="place">The place.</param>
    /// <exception cref="System.Text.Json.JsonException">The data of an entry is not a <typeparamref name="T"/>.</exception>
    IReadOnlyList<PresenceEntry<T>> GetEntries<T>(string place);

    /// <summary>Counts the connections at a place.</summary>
    /// <param name="place">The place.</param>
    int GetCount(string place);
}
