namespace Pikku.Akka;

/// <summary>
/// Reads and writes the entries of state topics (<see cref="StateTopic{TValue}"/>). Every node has all entries: a write is known everywhere within the delay between nodes, and a node that joins
/// copies them.
/// </summary>
public interface IPikkuState
{
    /// <summary>Sets the value of an entry.</summary>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The entry.</param>
    /// <param name="value">The value.</param>
    /// <param name="channelId">The connection of this node with which the entry ends, <see cref="IPikkuChannel.Id"/>; null for an entry that stays.</param>
    /// <exception cref="EventHubException">The name is not valid, the value can't be serialized or is too large, or the hub is overloaded or has stopped.</exception>
    ValueTask SetAsync<TValue>(StateTopic<TValue> topic, string key, TValue value, string? channelId = null);

    /// <summary>Removes an entry; does nothing on the nodes that do not have it.</summary>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The entry.</param>
    ValueTask RemoveAsync<TValue>(StateTopic<TValue> topic, string key);

    /// <summary>Returns all entries as this node knows them.</summary>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <exception cref="System.Text.Json.JsonException">A value is not a <typeparamref name="TValue"/>.</exception>
    IReadOnlyDictionary<string, TValue> GetEntries<TValue>(StateTopic<TValue> topic);
}
