namespace Pikku.Akka;

/// <summary>A connection at a place.</summary>
/// <typeparam name="T">The type of what is told about it.</typeparam>
/// <param name="ChannelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
/// <param name="About">What is told about it.</param>
public sealed record Present<T>(string ChannelId, T About);
