using System.Text;
using Akka.Actor;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The presence of this node's connections. Safe from any thread; changes are sent to the other nodes, if there are any.</summary>
internal sealed class LocalPresence(PresenceIndex index, ConnectionDirectory directory, EventHubSettings hub, LimitSettings limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _topicsOf = new(StringComparer.Ordinal);
    private readonly long[] _sizes = new long[PresenceBuckets.Count];
    private volatile IActorRef _replication = ActorRefs.Nobody;
    private long _maxBucket = long.MaxValue;

    /// <summary>From now on other nodes are told.</summary>
    /// <param name="replication">The <see cref="PresenceActor"/>.</param>
    /// <param name="maxBucket">How large one part of the presence may be, in bytes: it has to reach them as a whole.</param>
    public void Open(IActorRef replication, long maxBucket)
    {
        Volatile.Write(ref _maxBucket, maxBucket);
        _replication = replication;
    }

    /// <exception cref="EventHubException">The name is not valid, the connection has joined too many topics, or this is more than can be replicated to other nodes.</exception>
    public void Join(string topic, string channelId, string about)
    {
        TopicName.Check(topic, hub.MaxTopicLength);
        lock (_gate)
        {
            // Looked up within: a connection that ends takes the lock after this, and finds what it has to leave.
            if (directory.Find(channelId) is null)
                return;
            if (!_topicsOf.TryGetValue(channelId, out var topics))
                _topicsOf.Add(channelId, topics = new HashSet<string>(StringComparer.Ordinal));
            if (!topics.Contains(topic) && topics.Count >= limits.SubscriptionsPerConnection)
                throw new EventHubException(EventHubErrorReason.TooManySubscriptions,
                    $"Channel {channelId} is present in {topics.Count} topics, as many as pikku.limits.subscriptions-per-connection allows.");
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
            Gone(topic, channelId);
        }
    }

    /// <summary>The connection has ended: it leaves all topics.</summary>
    public void Remove(string channelId)
    {
        lock (_gate)
        {
            if (!_topicsOf.Remove(channelId, out var topics))
                return;
            foreach (var topic in topics)
                Gone(topic, channelId);
        }
    }

    // Within the lock. What is there of the connection already gives its room back.
    private void Resize(string topic, string channelId, string? about)
    {
        var bucket = PresenceBuckets.Of(topic);
        var change = SizeOf(topic, channelId, about) - SizeOf(topic, channelId, index.Find(topic, channelId));
        if (about is not null && _sizes[bucket] + change > Volatile.Read(ref _maxBucket))
            throw new EventHubException(EventHubErrorReason.TooLarge,
                $"'{topic}' and the presence topics that are replicated with it have {_sizes[bucket]} bytes on this node, and {change} more would not reach "
                + $"other nodes. That follows from {SettingsLoader.FrameSize}.");
        _sizes[bucket] += change;
    }

    private static long SizeOf(string topic, string channelId, string? about) => about is null
        ? 0
        : ReplicatedSize.OfEntry(Encoding.UTF8.GetByteCount(topic) + channelId.Length + 1, Encoding.UTF8.GetByteCount(about));

    private void Gone(string topic, string channelId)
    {
        Resize(topic, channelId, null);
        index.Remove(topic, channelId);
        _replication.Tell(new PresenceProtocol.Changed(topic, channelId, null), ActorRefs.NoSender);
    }
}
