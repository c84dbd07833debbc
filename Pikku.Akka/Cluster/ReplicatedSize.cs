using Akka.Actor;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// How large replicated data may be. When nodes meet, each part of it is sent as a whole, and several parts in one message; a message that is larger than a
/// frame is dropped, and with it everything else that it held.
/// </summary>
internal static class ReplicatedSize
{
    private const string PartsOfMessage = "akka.cluster.distributed-data.max-delta-elements";

    /// <summary>Around the parts of one message: digests, the versions of their writers, and what the transport adds.</summary>
    private const int Envelope = 32 * 1024;

    /// <summary>An entry's key stands twice, beside its versions and its time. In bytes, rounded up.</summary>
    private const int EntryOverhead = 256;

    /// <summary>The largest part, in bytes.</summary>
    public static long MaxBucket(ActorSystem system)
    {
        var config = system.Settings.Config;
        return (SettingsLoader.FrameSizeOf(config) - Envelope) / Math.Max(1, config.GetInt(PartsOfMessage, 1));
    }

    /// <summary>What an entry takes, in bytes.</summary>
    /// <param name="key">The length of its key.</param>
    /// <param name="value">The length of its value.</param>
    public static long OfEntry(int key, int value) => 2L * key + value + EntryOverhead;
}
