namespace Pikku.Akka;

/// <summary>A connection of a user on any node.</summary>
/// <param name="Name">The name of its channel.</param>
/// <param name="ChannelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
/// <param name="Node">Its node, as host and port; <c>this node</c> without a cluster.</param>
/// <param name="Topics">The topics to which the connection is subscribed, by its client or by functions, in no particular order.</param>
public sealed record UserChannel(string Name, string ChannelId, string Node, IReadOnlyList<string> Topics);
