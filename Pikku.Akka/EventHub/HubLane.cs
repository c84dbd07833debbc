using Akka.Event;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>
/// One lane of the hub: the subscriptions of its topics, the delivery of their events, and its part in the agreement with the other nodes
/// (<see cref="Lane"/>). It outlives a restart of its actor, because numbers and subscriptions must not be lost. Not thread-safe: the actor owns it.
/// </summary>
internal sealed class HubLane : ILaneOutput
{
    /// <summary>A publisher with a wrong type is wrong for every event. The metric counts each event, so the log needs one line per interval.</summary>
    private static readonly TimeSpan MismatchLogInterval = TimeSpan.FromSeconds(1);

    private readonly int _lane;
    private readonly TopicTable _table = new();
    private readonly HubContext _node;
    private readonly Dictionary<ReplicatedEvent, (PendingCall Call, long Deadline)> _replicating = [];
    private long? _mismatchLoggedAt;

    /// <param name="lane">The number of the lane.</param>
    /// <param name="node">What all lanes of the node share.</param>
    public HubLane(int lane, HubContext node)
    {
        _lane = lane;
        _node = node;
        var history = new LaneHistory(node.Origin, node.History, Lanes.Count, node.HistoryOf, node.Clock)
        {
            EntryChanged = node.SetEntry,
            EntriesDropped = (topic, count) => node.StoreOf(topic)?.Dropped(count), // the store sets it after the lanes were created
        };
        Core = new Lane(node.Transport.Self, history, node.Transport.CreateWriter(lane, node.Origin), node.Transport.Limits, this, new Random());
        Subscriptions = new LaneSubscriptions(_table, Core, node);
        if (node.Transport.IsClustered)
            return;
        Core.SetMember(node.Transport.Self, string.Empty, age: 0);
        Core.Tick(); // a node that stands alone is ready at once
    }

    public Lane Core { get; }

    public LaneSubscriptions Subscriptions { get; }

    /// <summary>Publishes an event of this node. The call completes when the event is in the outboxes of this node or, if it asks for that, on another node.</summary>
    public void Publish(PendingCall call, HubEvent hubEvent)
    {
        if (Refusal(hubEvent) is { } refusal)
        {
            _node.Metrics.Refused(refusal.Reason);
            call.Fail(refusal);
            return;
        }

        if (hubEvent.WaitsForOthers)
            _replicating.Add(hubEvent, (call, Core.History.Now + (long)_node.Transport.ReplicationTimeout.TotalMilliseconds));
        // The write to be removed has its stamp by now, because it came to this lane before.
        if (hubEvent is { Removes: { } removed, Write: { } removal })
            removal.Stamp = removed.Stamp with { Removal = 1 };
        Core.Publish(hubEvent, hubEvent.History);
        if (hubEvent.History?.Bounds is null) // what a store keeps is no event
            _node.Metrics.Published();
        if (!hubEvent.WaitsForOthers)
            call.Complete();
    }

    /// <summary>Lets a caller read what the lane knows.</summary>
    public void Read(HubProtocol.Read read)
    {
        read.Into(_table, Core.History);
        read.Call.Complete();
    }

    /// <summary>Delivers an event to the subscribers of this node only.</summary>
    public void Announce(HubEvent hubEvent) => Subscriptions.Deliver(hubEvent, isCurrent: true);

    /// <summary>Called at a regular interval.</summary>
    public void Tick()
    {
        Core.Tick();
        Subscriptions.Tick();
        FailOverdue();
        Report();
    }

    /// <summary>Ends the node, because a failure has interrupted the lane: an event may have a number and not be in a batch, so that the nodes would never agree.</summary>
    public void Distrust(Exception reason)
    {
        _node.Log.Error(reason, "Lane {Lane} of the event hub has failed, and its numbers can't be trusted any more", _lane);
        _node.Transport.Leave();
    }

    /// <summary>Passes the state of the lane on for reports.</summary>
    public void Report() => _node.Transport.Report(_lane, Core);

    int ILaneOutput.Responsive => _node.Transport.Responsive;

    void ILaneOutput.Send(LaneMember member, LaneMessage message) => _node.Transport.Send(_lane, member, message);

    int ILaneOutput.Deliver(ReplicatedEvent content, bool isCurrent)
    {
        var hubEvent = (HubEvent)content;
        try
        {
            if (hubEvent.Audience == HubAudience.User)
                return DeliverToUser(hubEvent);
            // Clients that keep positions get the number of an event that they can't read.
            return Subscriptions.Deliver(hubEvent, isCurrent && (!hubEvent.IsRemote || Accepts(hubEvent)));
        }
        catch (Exception exception)
        {
            // All exceptions are caught: a failed delivery must not stop the lane.
            _node.Metrics.DeliveryFailed();
            _node.Log.Error(exception, "An event could not be delivered");
            return 0;
        }
    }

    void ILaneOutput.Refresh(string topic) => Subscriptions.Refresh(topic);

    void ILaneOutput.Lost(string node, long batches)
    {
        _node.Metrics.BatchesLost(batches);
        _node.Log.Warning("{Count} batches of node {Node} in lane {Lane} of the event hub were lost", batches, node, _lane);
        _node.AnnounceGap(node, batches);
    }

    void ILaneOutput.Replicated(ReplicatedEvent content)
    {
        if (_replicating.Remove(content, out var waiting))
            waiting.Call.Complete();
    }

    ReplicatedEvent ILaneOutput.CreateRemoval(string topic, string key, KeyedEntry entry, Stamp stamp)
    {
        var history = _node.HistoryOf(topic);
        return EventEncoder.EncodeKeyed(
            topic, KeyedForm.Removed(history?.IsState == true, key, entry.Value), new KeyedWrite(key, null, null) { Stamp = stamp },
            history ?? new HistoryOptions(0, TimeSpan.Zero), int.MaxValue);
    }

    void ILaneOutput.GivenUp()
    {
        _node.Log.Error("The other members of the cluster have removed this node, so it ends");
        _node.Transport.Leave();
    }

    void ILaneOutput.Unreadable(int node, InvalidDataException error)
    {
        var name = Core.Members.Find(node)?.Name ?? "(removed)";
        _node.Log.Error(error, "A batch of node {Node} in lane {Lane} can't be read", name, _lane);
        ((ILaneOutput)this).Lost(name, 1);
    }

    void ILaneOutput.Paced(LaneMember member)
    {
        // A member that is not linked yet has just joined, and one that can't be reached is in the log of the cluster.
        if (!member.IsLinked || !member.IsReachable)
            return;
        if (member.IsHeldBack)
            _node.Log.Warning(
                "Node {Node} receives no more events of lane {Lane} until it acknowledges earlier ones; {Bytes} bytes are not acknowledged",
                member.Name, _lane, member.Unacknowledged);
        else
            _node.Log.Info("Node {Node} receives events of lane {Lane} again", member.Name, _lane);
    }

    private int DeliverToUser(HubEvent message)
    {
        var delivered = 0;
        foreach (var connection in _node.Directory.OfUser(message.Topic))
        {
            try
            {
                connection.Deliver(message);
                delivered++;
            }
            catch (Exception exception)
            {
                // The topic is the id of the user. Neither the user nor the message may be logged.
                _node.Metrics.DeliveryFailed();
                _node.Log.Warning(exception, "Connection {ChannelId} failed to accept a message to its user", connection.Id);
            }
        }

        _node.Metrics.Delivered(delivered);
        return delivered;
    }

    // The exception for a publisher of this node; null when the lane takes the event.
    private EventHubException? Refusal(HubEvent hubEvent)
    {
        if (hubEvent.Audience == HubAudience.Topic && _table.TypeOf(hubEvent.Topic) is { } type && !type.Accepts(hubEvent))
            return TopicType.Conflict(hubEvent.Topic, hubEvent.Type, type);
        // A number that is given before the lane has copied those of the others would be forgotten by the copy.
        if (!Core.IsReady)
            return new EventHubException(EventHubErrorReason.Unavailable, "The node has not copied the history of its cluster yet.");
        // A store makes room by itself.
        if (hubEvent is { Write: { } write, History.Bounds: null } && !Core.History.HasRoomFor(hubEvent.Topic, write))
            return new EventHubException(EventHubErrorReason.Unavailable,
                $"The entries of presence and state topics of lane {_lane} take {Core.History.StateSize} bytes, and the lane's part of pikku.history.max-state-memory has no room for another one.");
        return null;
    }

    // A publisher of another node can't receive an exception. The event is counted and dropped, and the log names the topic and the type.
    private bool Accepts(HubEvent hubEvent)
    {
        if (_table.TypeOf(hubEvent.Topic) is not { } type || type.AcceptsRemote(hubEvent))
            return true;
        _node.Metrics.TypeMismatch();
        var now = _node.Clock.GetTimestamp();
        if (_mismatchLoggedAt is { } loggedAt && _node.Clock.GetElapsedTime(loggedAt, now) < MismatchLogInterval)
            return false;
        _mismatchLoggedAt = now;
        _node.Log.Error("An event of topic {Topic} from another node is dropped: it can't be read as {Type}, the type that the subscribers expect", hubEvent.Topic, type.Name);
        return false;
    }

    private void FailOverdue()
    {
        if (_replicating.Count == 0)
            return;
        var now = Core.History.Now;
        foreach (var (content, waiting) in _replicating)
        {
            if (now < waiting.Deadline)
                continue;
            _replicating.Remove(content);
            if (content.IsReplicatedToAll)
            {
                waiting.Call.Complete(); // the other nodes get it when they can be reached
                continue;
            }

            waiting.Call.Fail(new EventHubException(EventHubErrorReason.Unavailable,
                $"No other node has acknowledged the event within pikku.cluster.request-timeout = {_node.Transport.ReplicationTimeout}. It may have been delivered."));
        }
    }
}
