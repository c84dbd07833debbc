using System.Text;
using Akka.Actor;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Where the connections of this node are. Safe from any thread; what changes is told to the other nodes, if there are any.</summary>
internal sealed class LocalPresence(PresenceIndex index, ConnectionDirectory directory, EventHubSettings hub, LimitSettings limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _placesOf = new(StringComparer.Ordinal);
    private readonly long[] _sizes = new long[PresenceBuckets.Count];
    private volatile IActorRef _others = ActorRefs.Nobody;
    private long _maxBucket = long.MaxValue;

    /// <summary>From now on other nodes are told.</summary>
    /// <param name="others">Tells them.</param>
    /// <param name="maxBucket">How large one part of the presence may be, in bytes: it has to reach them as a whole.</param>
    public void Open(IActorRef others, long maxBucket)
    {
        Volatile.Write(ref _maxBucket, maxBucket);
        _others = others;
    }

    /// <exception cref="EventHubException">The name may not be, the connection has joined too many places, or other nodes could not be told so much.</exception>
    public void Join(string place, string channelId, string about)
    {
        TopicName.Check(place, hub.MaxTopicLength);
        lock (_gate)
        {
            // Looked up within: a connection that ends takes the lock after this, and finds what it has to leave.
            if (directory.Find(channelId) is null)
                return;
            if (!_placesOf.TryGetValue(channelId, out var places))
                _placesOf.Add(channelId, places = new HashSet<string>(StringComparer.Ordinal));
            if (!places.Contains(place) && places.Count >= limits.SubscriptionsPerConnection)
                throw new EventHubException(EventHubError.TooManySubscriptions,
                    $"Channel {channelId} has joined {places.Count} places, as many as pikku.limits.subscriptions-per-connection allows.");
            Resize(place, channelId, about);
            places.Add(place);
            index.Put(place, channelId, about);
            _others.Tell(new PresenceProtocol.Changed(place, channelId, about), ActorRefs.NoSender);
        }
    }

    public void Leave(string place, string channelId)
    {
        lock (_gate)
        {
            if (!_placesOf.TryGetValue(channelId, out var places) || !places.Remove(place))
                return;
            if (places.Count == 0)
                _placesOf.Remove(channelId);
            Gone(place, channelId);
        }
    }

    /// <summary>The connection has ended: it leaves wherever it was.</summary>
    public void Remove(string channelId)
    {
        lock (_gate)
        {
            if (!_placesOf.Remove(channelId, out var places))
                return;
            foreach (var place in places)
                Gone(place, channelId);
        }
    }

    // Within the lock. What is there of the connection already gives its room back.
    private void Resize(string place, string channelId, string? about)
    {
        var bucket = PresenceBuckets.Of(place);
        var change = SizeOf(place, channelId, about) - SizeOf(place, channelId, index.Find(place, channelId));
        if (about is not null && _sizes[bucket] + change > Volatile.Read(ref _maxBucket))
            throw new EventHubException(EventHubError.TooLarge,
                $"'{place}' and the places that are replicated with it have {_sizes[bucket]} bytes on this node, and {change} more would not reach "
                + $"other nodes. That follows from {SettingsLoader.FrameSize}.");
        _sizes[bucket] += change;
    }

    private static long SizeOf(string place, string channelId, string? about) => about is null
        ? 0
        : ReplicatedSize.OfEntry(Encoding.UTF8.GetByteCount(place) + channelId.Length + 1, Encoding.UTF8.GetByteCount(about));

    private void Gone(string place, string channelId)
    {
        Resize(place, channelId, null);
        index.Remove(place, channelId);
        _others.Tell(new PresenceProtocol.Changed(place, channelId, null), ActorRefs.NoSender);
    }
}
