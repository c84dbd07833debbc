namespace Pikku.Akka;

/// <summary>A connection that is present at a place.</summary>
/// <typeparam name="T">The type of the data about it.</typeparam>
/// <param name="ChannelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
/// <param name="Info">The data about it.</param>
public sealed record PresenceEntry<T>(string ChannelId, T Info);
