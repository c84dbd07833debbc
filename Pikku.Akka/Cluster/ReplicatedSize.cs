using Akka.Actor;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The limits of replicated data. Gossip sends each bucket as a whole, and several buckets in one message. A message that is larger than a frame is dropped
/// with all of its buckets.
/// </summary>
internal static class ReplicatedSize
{
    private const string PartsOfMessage = "akka.cluster.distributed-data.max-delta-elements";

    /// <summary>The overhead of a message in bytes: digests, version vectors, and the envelope of the transport.</summary>
    private const int Envelope = 32 * 1024;

    /// <summary>The overhead of an entry in bytes, rounded up: its versions and its timestamp. The key is counted separately, because it is written twice.</summary>
    private const int EntryOverhead = 256;

    /// <summary>The maximum size of a bucket in bytes.</summary>
    public static long MaxBucket(ActorSystem system)
    {
        var config = system.Settings.Config;
        return (SettingsLoader.FrameSizeOf(config) - Envelope) / Math.Max(1, config.GetInt(PartsOfMessage, 1));
    }

    /// <summary>The size of an entry in bytes.</summary>
    /// <param name="key">The length of its key.</param>
    /// <param name="value">The length of its value.</param>
    public static long OfEntry(int key, int value) => 2L * key + value + EntryOverhead;
}
