using Akka.Actor;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Nodes;

/// <summary>Where the connections of this node are. Safe from any thread; what changes is told to the other nodes, if there are any.</summary>
internal sealed class LocalPresence(PresenceIndex index, ConnectionDirectory directory, EventHubSettings hub, LimitSettings limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _placesOf = new(StringComparer.Ordinal);
    private volatile IActorRef _others = ActorRefs.Nobody;

    /// <summary>From now on other nodes are told.</summary>
    public void Open(IActorRef others) => _others = others;

    /// <exception cref="EventHubException">The name may not be, or the connection has joined too many places.</exception>
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

    private void Gone(string place, string channelId)
    {
        index.Remove(place, channelId);
        _others.Tell(new PresenceProtocol.Changed(place, channelId, null), ActorRefs.NoSender);
    }
}
