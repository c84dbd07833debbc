using System.Text;
using Akka.Actor;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The presence of the connections of this node. Changes are replicated to the other nodes. Thread-safe.</summary>
internal sealed class LocalPresence(PresenceIndex index, ConnectionDirectory directory, EventHubSettings hub, LimitSettings limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _topicsOf = new(StringComparer.Ordinal);
    private readonly long[] _sizes = new long[PresenceBuckets.Count];
    private volatile IActorRef _replication = ActorRefs.Nobody;
    private long _maxBucket = long.MaxValue;

    /// <summary>Begins the replication to other nodes.</summary>
    /// <param name="replication">The <see cref="PresenceActor"/>.</param>
    /// <param name="maxBucket">The maximum size of a bucket in bytes: a bucket is replicated as a whole.</param>
    public void Open(IActorRef replication, long maxBucket)
    {
        Volatile.Write(ref _maxBucket, maxBucket);
        _replication = replication;
    }

    /// <exception cref="EventHubException">The name is not valid, the connection has joined too many topics, or the entry exceeds the size that can be replicated to other nodes.</exception>
    public void Join(string topic, string channelId, string about)
    {
        TopicName.Check(topic, hub.MaxTopicLength);
        lock (_gate)
        {
            // The lookup is made within the lock: a connection that ends afterwards waits for the lock and then removes this entry.
            if (directory.Find(channelId) is null)
                return;
            if (!_topicsOf.TryGetValue(channelId, out var topics))
                _topicsOf.Add(channelId, topics = new HashSet<string>(StringComparer.Ordinal));
            if (!topics.Contains(topic) && topics.Count >= limits.SubscriptionsPerConnection)
                throw new EventHubException(EventHubErrorReason.TooManySubscriptions,
                    $"Connection {channelId} is already present in {topics.Count} topics, the maximum of pikku.limits.subscriptions-per-connection.");
            Resize(topic, channelId, about);
            topics.Add(topic);
            index.Put(topic, channelId, about);
            _replication.Tell(new PresenceProtocol.Changed(topic, channelId, about), ActorRefs.NoSender);
        }
    }

    public void Leave(string topic, string channelId)
    {
        lock (_gate)
        {
            if (!_topicsOf.TryGetValue(channelId, out var topics) || !topics.Remove(topic))
                return;
            if (topics.Count == 0)
                _topicsOf.Remove(channelId);
            RemoveEntry(topic, channelId);
        }
    }

    /// <summary>Removes a connection that has ended from all topics.</summary>
    public void Remove(string channelId)
    {
        lock (_gate)
        {
            if (!_topicsOf.Remove(channelId, out var topics))
                return;
            foreach (var topic in topics)
                RemoveEntry(topic, channelId);
        }
    }

    // The caller holds the lock. An existing entry of the connection is replaced, so its size is subtracted.
    private void Resize(string topic, string channelId, string? about)
    {
        var bucket = PresenceBuckets.Of(topic);
        var change = SizeOf(topic, channelId, about) - SizeOf(topic, channelId, index.Find(topic, channelId));
        if (about is not null && _sizes[bucket] + change > Volatile.Read(ref _maxBucket))
            throw new EventHubException(EventHubErrorReason.TooLarge,
                $"The presence topic '{topic}' and the topics in the same bucket have {_sizes[bucket]} bytes on this node, and {change} more bytes can't be "
                + $"replicated to other nodes. The limit follows from {SettingsLoader.FrameSize}.");
        _sizes[bucket] += change;
    }

    private static long SizeOf(string topic, string channelId, string? about) => about is null
        ? 0
        : ReplicatedSize.OfEntry(Encoding.UTF8.GetByteCount(topic) + channelId.Length + 1, Encoding.UTF8.GetByteCount(about));

    private void RemoveEntry(string topic, string channelId)
    {
        Resize(topic, channelId, null);
        index.Remove(topic, channelId);
        _replication.Tell(new PresenceProtocol.Changed(topic, channelId, null), ActorRefs.NoSender);
    }
}
