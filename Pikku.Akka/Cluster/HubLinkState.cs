using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// What one lane between the nodes decides: it gathers events into numbered batches, sends them as far as each node acknowledges, and finds gaps in what it
/// receives. It takes one message at a time and returns what is to be done as <see cref="HubLinkOutput"/>. It knows no actors and no clock. Not
/// thread-safe: <see cref="HubLinkActor"/> owns it.
/// </summary>
/// <param name="self">The incarnation of this node.</param>
/// <param name="lane">The lane.</param>
/// <param name="life">Which life of the lane this is, see <see cref="HubBatch.Incarnation"/>.</param>
/// <param name="settings">The bounds.</param>
/// <param name="delivered">Told, from any thread, when a batch is in the outboxes; <see cref="Delivered"/> has to follow.</param>
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

    /// <summary>What is to be done. Whoever does it clears the list.</summary>
    public List<HubLinkOutput> Output => _output;

    /// <summary>The lane was restarted: other nodes may have sent events meanwhile, which were lost.</summary>
    public void Restarted() => _hasForgotten = true;

    /// <summary>Adds an event of this node to the batch, and sends the batch when it is full.</summary>
    /// <returns>True when <see cref="Flush"/> has to follow: after everything that waits already, so that a busy lane gathers and an idle one sends at once.</returns>
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

    /// <summary>Sends what was gathered.</summary>
    public void Flush()
    {
        _isFlushing = false;
        if (!_batch.IsEmpty)
            Send();
    }

    /// <summary>True for another member.</summary>
    public bool Knows(int node) => _peers.ContainsKey(node);

    /// <summary>Takes a batch of another node.</summary>
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

    /// <summary>Takes a heartbeat of another node, and answers with an acknowledgement.</summary>
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

    /// <summary>Another node has delivered events of this one.</summary>
    public void Receive(HubAck ack)
    {
        // One for an earlier life of this lane counted other batches.
        if (ack.Incarnation == _batch.Incarnation && _peers.TryGetValue(ack.Node, out var peer))
            peer.Acknowledge(ack.Next);
    }

    /// <summary>A batch that was delivered is acknowledged, sooner or later.</summary>
    public void Delivered(BatchDelivery delivery)
    {
        if (delivery.Peer.Delivered(delivery))
            Acknowledge(delivery.Peer);
    }

    /// <summary>A batch could not be read: that is a gap, too.</summary>
    public void Unreadable(HubPeer peer) => _output.Add(new HubLinkOutput.Gap(peer, 1));

    /// <summary>A node is a member, or its status has changed.</summary>
    /// <param name="node">The incarnation of the node.</param>
    /// <param name="name">Its host and port.</param>
    /// <param name="isUp">True while it is a full member, and not only on its way in or out.</param>
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

    /// <summary>Sends a heartbeat when one is due; until the lane is linked with all nodes, every time.</summary>
    /// <param name="now">The time in milliseconds.</param>
    /// <returns>True when a regular heartbeat was due.</returns>
    public bool Tick(long now)
    {
        // The state of this node comes with that of all members that it knew before a restart; no time says that they have been named.
        if (_isUp)
            _hasForgotten = false;
        var isDue = _lastHeartbeat is not { } last || now - last >= settings.Heartbeat.TotalMilliseconds;
        if (isDue)
            _lastHeartbeat = now;
        if (isDue || !_peers.Values.All(peer => peer.IsLinked))
            SendHeartbeat();
        return isDue;
    }

    /// <summary>How far the lane has come.</summary>
    public LinkState Report() => new(
        lane, _batch.Sequence, _dropped,
        _isUp && _peers.Values.All(peer => peer.IsLinked || !peer.IsUp || !peer.IsReachable),
        [.. _peers.Values.Select(peer => new PeerState(
            peer.Name, peer.IsLinked, peer.Next ?? 0, peer.Lost, peer.Waiting, peer.Unacknowledged, peer.Dropped))]);

    // Null for a node that is not a member yet, or no longer. What it sends later carries the number of what it sent before.
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

    // The number of the batch is used up, so the other node notices the gap and tells those who want to know it.
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

    // Both nodes learn at once that they hear each other.
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
