using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>The messages that <see cref="PresenceActor"/> receives from its own node.</summary>
internal static class PresenceProtocol
{
    /// <summary>A connection of this node has joined a topic or changed its info, or has left the topic (null).</summary>
    public sealed record Changed(string Topic, string ChannelId, string? About) : INoSerializationVerificationNeeded;
}
