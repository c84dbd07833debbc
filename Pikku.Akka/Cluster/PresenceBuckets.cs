namespace Pikku.Akka.Cluster;

/// <summary>The buckets in which a node replicates its presence. Gossip sends a bucket as a whole, so a bucket has to fit into a frame.</summary>
internal static class PresenceBuckets
{
    public const int Count = 16;

    /// <summary>The bucket of a topic.</summary>
    public static int Of(string topic) => (int)((uint)global::Akka.Util.MurmurHash.StringHash(topic) % Count);
}
