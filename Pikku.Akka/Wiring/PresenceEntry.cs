namespace Pikku.Akka;

/// <summary>A connection that is present in a topic.</summary>
/// <typeparam name="T">The type of the info.</typeparam>
/// <param name="ChannelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
/// <param name="Info">The info about the connection.</param>
public sealed record PresenceEntry<T>(string ChannelId, T Info);
