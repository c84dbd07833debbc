namespace Pikku.Akka;

/// <summary>The methods of <see cref="IPikkuPresence"/> for declared presence topics.</summary>
public static class PikkuPresenceExtensions
{
    /// <inheritdoc cref="IPikkuPresence.JoinAsync{T}"/>
    /// <typeparam name="TInfo">The type of the info.</typeparam>
    /// <param name="presence">The presence.</param>
    /// <param name="topic">The presence topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="info">Info about the connection for the others, such as a name.</param>
    public static ValueTask JoinAsync<TInfo>(this IPikkuPresence presence, PresenceTopic<TInfo> topic, string channelId, TInfo info)
    {
        ArgumentNullException.ThrowIfNull(presence);
        ArgumentNullException.ThrowIfNull(topic);
        return presence.JoinAsync(topic.Name, channelId, info);
    }

    /// <inheritdoc cref="IPikkuPresence.LeaveAsync"/>
    /// <typeparam name="TInfo">The type of the info.</typeparam>
    /// <param name="presence">The presence.</param>
    /// <param name="topic">The presence topic.</param>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    public static ValueTask LeaveAsync<TInfo>(this IPikkuPresence presence, PresenceTopic<TInfo> topic, string channelId)
    {
        ArgumentNullException.ThrowIfNull(presence);
        ArgumentNullException.ThrowIfNull(topic);
        return presence.LeaveAsync(topic.Name, channelId);
    }

    /// <inheritdoc cref="IPikkuPresence.GetEntries{T}"/>
    /// <typeparam name="TInfo">The type of the info.</typeparam>
    /// <param name="presence">The presence.</param>
    /// <param name="topic">The presence topic.</param>
    public static IReadOnlyList<PresenceEntry<TInfo>> GetEntries<TInfo>(this IPikkuPresence presence, PresenceTopic<TInfo> topic)
    {
        ArgumentNullException.ThrowIfNull(presence);
        ArgumentNullException.ThrowIfNull(topic);
        return presence.GetEntries<TInfo>(topic.Name);
    }

    /// <inheritdoc cref="IPikkuPresence.GetCount"/>
    /// <typeparam name="TInfo">The type of the info.</typeparam>
    /// <param name="presence">The presence.</param>
    /// <param name="topic">The presence topic.</param>
    public static int GetCount<TInfo>(this IPikkuPresence presence, PresenceTopic<TInfo> topic)
    {
        ArgumentNullException.ThrowIfNull(presence);
        ArgumentNullException.ThrowIfNull(topic);
        return presence.GetCount(topic.Name);
    }
}
