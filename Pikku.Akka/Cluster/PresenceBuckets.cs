namespace Pikku.Akka.Cluster;

/// <summary>The parts in which a node replicates its presence: each is sent as a whole when nodes meet, and must fit into a frame.</summary>
internal static class PresenceBuckets
{
    public const int Count = 16;

    /// <summary>The part that a topic belongs to.</summary>
    public static int Of(string topic) => (int)((uint)global::Akka.Util.MurmurHash.StringHash(topic) % Count);
}
