namespace Pikku.Akka;

/// <summary>A connection of a user on any node.</summary>
/// <param name="Name">The name of its channel.</param>
/// <param name="ChannelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
/// <param name="Node">Its node, as host and port; <c>this node</c> without a cluster.</param>
public sealed record UserChannel(string Name, string ChannelId, string Node);
