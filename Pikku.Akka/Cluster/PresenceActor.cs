using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Replicates the presence of connections between the nodes. Each node only writes its own replicated data, so that writes never conflict. When a node has left,
/// its data are deleted.
/// </summary>
internal sealed class PresenceActor : UntypedActor
{
    public const string Name = "presence";

    private const char Separator = '\0';

    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private readonly Dictionary<string, (int Node, IReadOnlyDictionary<string, string> Entries)> _known;
    private readonly PresenceIndex _index;
    private readonly LocalPresence _local;

    public PresenceActor(
        PresenceIndex index, LocalPresence local, Dictionary<string, (int Node, IReadOnlyDictionary<string, string> Entries)> known)
    {
        _known = known;
        _index = index;
        _local = local;
    }

    /// <summary>The known entries of other nodes are created outside of the actor: after a restart the actor has to know which entries are in the index.</summary>
    public static Props Props(PresenceIndex index, LocalPresence local) => global::Akka.Actor.Props.Create<PresenceActor>(
        index, local, new Dictionary<string, (int Node, IReadOnlyDictionary<string, string> Entries)>(StringComparer.Ordinal));

    protected override void PreStart()
    {
        _local.Open(Self, ReplicatedSize.MaxBucket(Context.System));
        // The snapshot also shows which nodes were removed while the actor restarted; events would not.
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PresenceProtocol.Changed changed: OnLocal(changed); break;
            case Changed changed: OnOther(changed); break;
            case ClusterEvent.CurrentClusterState current: OnSnapshot(current); break;
            case ClusterEvent.MemberRemoved removed: OnRemoved(removed.Member.UniqueAddress.Uid); break;
            case ClusterEvent.IMemberEvent joined: OnMember(joined.Member.UniqueAddress); break;
            case IUpdateResponse or IDeleteResponse: break;
            default: Unhandled(message); break;
        }
    }

    private static IEnumerable<LWWDictionaryKey<string, string>> KeysOf(int node) =>
        Enumerable.Range(0, PresenceBuckets.Count).Select(bucket => KeyOf(node, bucket));

    private static LWWDictionaryKey<string, string> KeyOf(int node, int bucket) =>
        new(string.Create(CultureInfo.InvariantCulture, $"pikku.presence.{node}.{bucket}"));

    private void OnLocal(PresenceProtocol.Changed changed)
    {
        var self = _cluster.SelfUniqueAddress;
        var entry = string.Concat(changed.Topic, Separator.ToString(), changed.ChannelId);
        _replicator.Tell(Dsl.Update(
            KeyOf(self.Uid, PresenceBuckets.Of(changed.Topic)), LWWDictionary<string, string>.Empty, WriteLocal.Instance,
            data => changed.About is { } about ? data.SetItem(self, entry, about) : data.Remove(self, entry)));
    }

    private void OnSnapshot(ClusterEvent.CurrentClusterState current)
    {
        var members = current.Members.Select(member => member.UniqueAddress).ToArray();
        foreach (var gone in _known.Values.Select(known => known.Node).Except(members.Select(member => member.Uid)).ToArray())
            OnRemoved(gone);
        foreach (var member in members)
            OnMember(member);
    }

    private void OnMember(UniqueAddress node)
    {
        if (node == _cluster.SelfUniqueAddress)
            return;
        foreach (var key in KeysOf(node.Uid))
            if (_known.TryAdd(key.Id, (node.Uid, new Dictionary<string, string>())))
                _replicator.Tell(Dsl.Subscribe(key, Self));
    }

    private void OnOther(Changed changed)
    {
        if (!_known.TryGetValue(changed.Key.Id, out var before) || changed.Data is not LWWDictionary<string, string> data)
            return;
        var entries = data.Entries.ToDictionary(StringComparer.Ordinal);
        foreach (var gone in before.Entries.Keys.Where(entry => !entries.ContainsKey(entry)))
            Remove(gone);
        foreach (var (entry, about) in entries)
            if (before.Entries.GetValueOrDefault(entry) != about && entry.Split(Separator) is [var topic, var channelId])
                _index.Put(topic, channelId, about);
        _known[changed.Key.Id] = (before.Node, entries);
    }

    private void OnRemoved(int node)
    {
        foreach (var key in KeysOf(node))
        {
            if (!_known.Remove(key.Id, out var known))
                continue;
            _replicator.Tell(Dsl.Unsubscribe(key, Self));
            foreach (var entry in known.Entries.Keys)
                Remove(entry);
            // One node deletes the data on all nodes, so only the leader does.
            if (_cluster.State.Leader == _cluster.SelfAddress)
                _replicator.Tell(Dsl.Delete(key, WriteLocal.Instance));
        }
    }

    private void Remove(string entry)
    {
        if (entry.Split(Separator) is [var topic, var channelId])
            _index.Remove(topic, channelId);
    }
}
