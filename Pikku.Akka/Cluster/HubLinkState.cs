using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The state of one lane between the nodes. It collects events into numbered batches, sends each node as many batches as the acknowledgements of the node
/// allow, and detects gaps in the received batches. Each method handles one message and adds the resulting actions to <see cref="Output"/>. The type uses no
/// actors and no clock. Not thread-safe: <see cref="HubLinkActor"/> owns it.
/// </summary>
/// <param name="self">The incarnation of this node.</param>
/// <param name="lane">The lane.</param>
/// <param name="life">The life of the lane, see <see cref="HubBatch.Incarnation"/>.</param>
/// <param name="settings">The limits and intervals.</param>
/// <param name="delivered">Called from any thread when a batch is in the outboxes. The caller has to call <see cref="Delivered"/> then.</param>
internal sealed class HubLinkState(int self, int lane, long life, NodeSettings settings, Action<HubDelivery> delivered)
{
    private readonly Dictionary<int, HubPeer> _peers = [];
    private readonly OutboundBatch _batch = new(self, life, lane, settings.MaxBatchSize);
    private readonly List<HubLinkOutput> _output = [];
    private bool _isFlushing;
    private bool _isUp;
    private bool _hasForgotten;
    private long _dropped;
    private long? _lastHeartbeat;

    /// <summary>The actions to carry out, in this order. The actor that carries them out clears the list.</summary>
    public List<HubLinkOutput> Output => _output;

    /// <summary>Reports that the lane was restarted: events that other nodes sent in the meantime are lost.</summary>
    public void Restarted() => _hasForgotten = true;

    /// <summary>Adds an event of this node to the batch, and sends the batch when it is full.</summary>
    /// <returns>True when <see cref="Flush"/> has to be called after the messages that already wait. A busy lane therefore collects events, and an idle lane sends an event immediately.</returns>
    public bool Publish(HubEvent hubEvent)
    {
        if (!_batch.HasRoomFor(hubEvent))
            Send();
        _batch.Add(hubEvent);
        if (_batch.IsFull)
        {
            Send();
            return false;
        }

        if (_isFlushing)
            return false;
        _isFlushing = true;
        return true;
    }

    /// <summary>Sends the events of the current batch.</summary>
    public void Flush()
    {
        _isFlushing = false;
        if (!_batch.IsEmpty)
            Send();
    }

    /// <summary>True when a node is another member of the cluster.</summary>
    public bool Knows(int node) => _peers.ContainsKey(node);

    /// <summary>Handles a batch of another node.</summary>
    /// <returns>True when the state that <see cref="Report"/> shows has changed.</returns>
    public bool Receive(HubBatch batch)
    {
        if (Find(batch.Origin, batch.Lane) is not { } peer)
            return false;
        var wasLinked = peer.IsLinked;
        var missing = peer.Receive(batch);
        if (missing < 0)
            return false;
        AddGap(peer, missing);
        _output.Add(new HubLinkOutput.Deliver(peer, batch, peer.Accept(batch, delivered)));
        return Relink(peer, wasLinked) || missing > 0;
    }

    /// <summary>Handles a heartbeat of another node, and answers with an acknowledgement.</summary>
    /// <returns>As <see cref="Receive(HubBatch)"/>.</returns>
    public bool Receive(HubHeartbeat heartbeat)
    {
        if (Find(heartbeat.Origin, heartbeat.Lane) is not { } peer)
            return false;
        var wasLinked = peer.IsLinked;
        var missing = peer.Receive(heartbeat);
        if (missing < 0)
            return false;
        AddGap(peer, missing);
        peer.HearsUs = heartbeat.Heard.Contains(self);
        Acknowledge(peer);
        return Relink(peer, wasLinked) || missing > 0;
    }

    /// <summary>Handles an acknowledgement: another node has delivered events of this node.</summary>
    public void Receive(HubAck ack)
    {
        // An acknowledgement for an earlier life of this lane refers to other batches.
        if (ack.Incarnation == _batch.Incarnation && _peers.TryGetValue(ack.Node, out var peer))
            peer.Acknowledge(ack.Next);
    }

    /// <summary>Records that a batch was delivered. The acknowledgement is sent when enough bytes are delivered, or with the next heartbeat.</summary>
    public void Delivered(BatchDelivery delivery)
    {
        if (delivery.Peer.Delivered(delivery))
            Acknowledge(delivery.Peer);
    }

    /// <summary>Reports that a batch could not be read, which is a gap as well.</summary>
    public void Unreadable(HubPeer peer) => _output.Add(new HubLinkOutput.Gap(peer, 1));

    /// <summary>Adds a member or updates its status.</summary>
    /// <param name="node">The incarnation of the node.</param>
    /// <param name="name">Its host and port.</param>
    /// <param name="isUp">True when the status of the node is Up, false when it is joining or leaving.</param>
    public void Member(int node, string name, bool isUp)
    {
        if (node == self)
        {
            _isUp |= isUp;
            return;
        }

        if (!_peers.TryGetValue(node, out var peer))
            _peers.Add(node, peer = new HubPeer(node, name, settings.MaxUnacknowledged, _hasForgotten));
        peer.IsUp = isUp;
        SendHeartbeat();
    }

    public void Removed(int node) => _peers.Remove(node);

    public void Reachable(int node, bool isReachable)
    {
        if (_peers.TryGetValue(node, out var peer))
            peer.IsReachable = isReachable;
    }

    /// <summary>Sends a heartbeat when one is due. Until the lane is linked with all nodes, each call sends a heartbeat.</summary>
    /// <param name="now">The time in milliseconds.</param>
    /// <returns>True when a regular heartbeat was due.</returns>
    public bool Tick(long now)
    {
        // The first membership events after a restart name all known members, including this node. When this node is Up, all nodes of the time before the restart have been added.
        if (_isUp)
            _hasForgotten = false;
        var isDue = _lastHeartbeat is not { } last || now - last >= settings.Heartbeat.TotalMilliseconds;
        if (isDue)
            _lastHeartbeat = now;
        if (isDue || !_peers.Values.All(peer => peer.IsLinked))
            SendHeartbeat();
        return isDue;
    }

    /// <summary>The current state of the lane.</summary>
    public LinkState Report() => new(
        lane, _batch.Sequence, _dropped,
        _isUp && _peers.Values.All(peer => peer.IsLinked || !peer.IsUp || !peer.IsReachable),
        [.. _peers.Values.Select(peer => new PeerState(
            peer.Name, peer.IsLinked, peer.Next ?? 0, peer.Lost, peer.Waiting, peer.Unacknowledged, peer.Dropped))]);

    // Null for a node that is not a member yet or any more. Nothing is lost unnoticed: the number of its later batches includes the batches that are ignored here.
    private HubPeer? Find(int origin, int originLane) => origin != self && originLane == lane ? _peers.GetValueOrDefault(origin) : null;

    private void Send()
    {
        if (_peers.Count == 0)
        {
            _batch.Drop();
            return;
        }

        var batch = _batch.Take();
        foreach (var peer in _peers.Values)
        {
            if (!peer.IsReachable || !peer.HasRoomFor(batch))
            {
                Drop(batch, peer);
                continue;
            }

            if (peer.Sent(batch) is > 0 and var dropped)
                _output.Add(new HubLinkOutput.Resume(peer, dropped));
            _output.Add(new HubLinkOutput.Send(peer, batch));
        }
    }

    // The number of the batch is not used again, so the other node detects the gap and publishes it.
    private void Drop(HubBatch batch, HubPeer peer)
    {
        _output.Add(new HubLinkOutput.Drop(peer, batch.Count, peer.DroppedInARow == 0));
        peer.Drop(batch.Count);
        _dropped += batch.Count;
    }

    private void AddGap(HubPeer peer, long missing)
    {
        if (missing > 0)
            _output.Add(new HubLinkOutput.Gap(peer, missing));
    }

    // A heartbeat tells the other node immediately that the link state has changed.
    private bool Relink(HubPeer peer, bool wasLinked)
    {
        if (wasLinked == peer.IsLinked)
            return false;
        SendHeartbeat();
        return true;
    }

    private void Acknowledge(HubPeer peer) => _output.Add(new HubLinkOutput.Acknowledge(peer, peer.Acknowledgement(self)));

    private void SendHeartbeat()
    {
        if (_peers.Count == 0)
            return;
        var heartbeat = _batch.Heartbeat([.. _peers.Values.Where(peer => peer.Next is not null).Select(peer => peer.Node)]);
        foreach (var peer in _peers.Values)
            _output.Add(new HubLinkOutput.Send(peer, heartbeat));
    }
}
