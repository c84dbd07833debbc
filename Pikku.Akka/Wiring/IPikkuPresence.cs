namespace Pikku.Akka;

/// <summary>
/// Who is where: connections join places, such as a topic, a room or a channel, and leave them when they end. Every node knows all of them;
/// what another node changed is known here some tenths of a second later, and who was on a node that died is gone once the cluster has
/// removed it.
/// </summary>
public interface IPikkuPresence
{
    /// <summary>Joins a place, or changes what is told about it there. Ends with the connection.</summary>
    /// <typeparam name="T">The type of what the others are told.</typeparam>
    /// <param name="place">The place, any text that may name a topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="about">What the others are told, such as a name.</param>
    /// <exception cref="EventHubException">The name is blank or too long, the connection has joined too many places, or <paramref name="about"/> can't be serialised or is too large.</exception>
    ValueTask Join<T>(string place, string channelId, T about);

    /// <summary>Leaves a place; nothing happens when it was not joined.</summary>
    /// <param name="place">The place.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    ValueTask Leave(string place, string channelId);

    /// <summary>Who is at a place, by the id of the channel, in no order.</summary>
    /// <typeparam name="T">The type of what is told about them.</typeparam>
    /// <param name="place">The place.</param>
    /// <exception cref="System.Text.Json.JsonException">What is told about one of them is not a <typeparamref name="T"/>.</exception>
    IReadOnlyList<Present<T>> List<T>(string place);

    /// <summary>How many connections are at a place.</summary>
    /// <param name="place">The place.</param>
    int Count(string place);
}
