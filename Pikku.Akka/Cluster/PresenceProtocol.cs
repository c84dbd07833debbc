using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>What the actor of presence is told.</summary>
internal static class PresenceProtocol
{
    /// <summary>A connection of this node is present in a topic, or, with null, no longer.</summary>
    public sealed record Changed(string Topic, string ChannelId, string? About) : INoSerializationVerificationNeeded;
}
