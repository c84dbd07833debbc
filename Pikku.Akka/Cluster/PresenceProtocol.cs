using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>What the actor of presence is told.</summary>
internal static class PresenceProtocol
{
    /// <summary>A connection of this node is at a place, or, with null, no longer.</summary>
    public sealed record Changed(string Place, string ChannelId, string? About) : INoSerializationVerificationNeeded;
}
