using Pikku.Akka.Functions;

namespace Pikku.Akka.Channels;

/// <summary>A channel that is being compiled, with what applies to all of its messages.</summary>
/// <param name="Channel">The wiring of the channel.</param>
/// <param name="Permissions">The permissions of the channel as a whole.</param>
internal readonly record struct ChannelScope(ChannelDefinition Channel, BoundPermission[] Permissions);
