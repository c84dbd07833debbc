using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Receives what the same lane of the other nodes sends, over DistributedPubSub, and tells the lane of the members. The topics of the application are not topics of
/// DistributedPubSub. There is one such topic for each lane and node: a slow node receives no more than it delivers, and the other nodes receive everything.
/// </summary>
/// <param name="lane">The lane.</param>
/// <param name="hub">Knows the lane.</param>
/// <param name="direct">Receives the actors of the other nodes, by the unique id of the node.</param>
/// <param name="refused">Logs and counts the messages that this node does not understand.</param>
/// <param name="lag">Measures how long events take.</param>
internal sealed class LaneLinkActor(int lane, HubClient hub, ConcurrentDictionary<int, IActorRef> direct, RefusedMessages refused, HubLag lag) : UntypedActor, IWithTimers
{
    /// <summary>The lane subscribes again at this interval. That has no effect unless the mediator was restarted and lost the subscription.</summary>
    private static readonly TimeSpan ResubscribeInterval = TimeSpan.FromSeconds(5);

    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly IActorRef _mediator = DistributedPubSub.Get(Context.System).Mediator;

    private readonly Dictionary<int, Member> _members = [];

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(int lane, HubClient hub, ConcurrentDictionary<int, IActorRef> direct, RefusedMessages refused, HubLag lag) =>
        global::Akka.Actor.Props.Create<LaneLinkActor>(lane, hub, direct, refused, lag);

    /// <summary>The name of a lane's actor.</summary>
    public static string NameOf(int lane) => $"hub-link-{lane}";

    /// <summary>The topic of DistributedPubSub for a lane and a receiving node, which is named by its unsigned unique id.</summary>
    public static string TopicOf(int lane, int node) => $"pikku.event-hub.{lane}.{(uint)node}";

    // The members are told when the lane exists. What arrives before that is lost, and the lane asks for it.
    protected override void PreStart() => hub.Opened.PipeTo(Self, success: () => Begin.Instance, failure: _ => Begin.Instance);

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubBatch batch: OnBatch(batch); break;
            case LaneFrame frame: OnFrame(frame); break;
            case UnreadableMessage unreadable: OnUnreadable(unreadable); break;
            case Begin: OnBegin(); break;
            case Resubscribe: _mediator.Tell(new Subscribe(TopicOf(lane, _cluster.SelfUniqueAddress.Uid), Self)); break;
            case ClusterEvent.MemberRemoved removed: OnRemoved(removed.Member.UniqueAddress.Uid); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember unreachable: OnReachability(unreachable.Member, false); break;
            case ClusterEvent.ReachableMember reachable: OnReachability(reachable.Member, true); break;
            case SubscribeAck: break;
            default: Unhandled(message); break;
        }
    }

    private void OnBegin()
    {
        Timers.StartPeriodicTimer(nameof(Resubscribe), Resubscribe.Instance, TimeSpan.Zero, ResubscribeInterval);
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
    }

    // Read here, so that the lane, which all publishers of this node share, does not spend its time on it.
    private void OnBatch(HubBatch batch)
    {
        if (batch.Lane != lane)
            return;
        batch.ReadAhead(lag);
        hub.Tell(lane, new HubProtocol.FromNode(SenderOf(batch), new LaneMessage.Batch(batch)));
    }

    private void OnFrame(LaneFrame frame)
    {
        if (frame.Lane != lane)
            return;
        // What is not a batch of its own or a beat is sent directly to the actor of the lane, not through the mediators. Every link begins with a beat, which has the
        // actor as its sender.
        if (frame.Content is LaneMessage.Beat)
            direct[frame.Sender] = Sender;
        hub.Tell(lane, new HubProtocol.FromNode(frame.Sender, frame.Content));
    }

    // A batch of another node is repeated by a node that has sent a beat before.
    private int SenderOf(HubBatch batch)
    {
        foreach (var (node, link) in direct)
        {
            if (link.Equals(Sender))
                return node;
        }

        return batch.Node;
    }

    // A member of another major version can't copy and can't be copied. The lane must not wait for it.
    private void OnUnreadable(UnreadableMessage unreadable)
    {
        refused.Refuse(Sender.Path.Address, unreadable);
        if (unreadable.Kind is not null)
            return;
        foreach (var (node, member) in _members)
        {
            if (member.Address == Sender.Path.Address)
                hub.Tell(lane, new HubProtocol.MemberForeign(node));
        }
    }

    private void OnMember(Member member)
    {
        _members[member.UniqueAddress.Uid] = member;
        TellMembers();
    }

    private void OnRemoved(int node)
    {
        direct.TryRemove(node, out _);
        _members.Remove(node);
        hub.Tell(lane, new HubProtocol.MemberRemoved(node));
        TellMembers();
    }

    // Akka shows the order of two members and not their numbers, so the age of a member is the number of older ones.
    private void TellMembers()
    {
        foreach (var (node, member) in _members)
        {
            var age = IsUp(member) ? _members.Values.Count(other => IsUp(other) && other.IsOlderThan(member)) : long.MaxValue;
            hub.Tell(lane, new HubProtocol.MemberChanged(node, NodeName.Of(member.Address), age));
        }
    }

    private void OnReachability(Member member, bool isReachable) =>
        hub.Tell(lane, new HubProtocol.ReachabilityChanged(member.UniqueAddress.Uid, isReachable));

    // A member that is leaving keeps its age. One that is not Up yet has none.
    private static bool IsUp(Member member) => member.Status is not (MemberStatus.Joining or MemberStatus.WeaklyUp);

    private sealed record Begin : INoSerializationVerificationNeeded
    {
        public static Begin Instance { get; } = new();
    }

    private sealed record Resubscribe : INoSerializationVerificationNeeded
    {
        public static Resubscribe Instance { get; } = new();
    }
}
