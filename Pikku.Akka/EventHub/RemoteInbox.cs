namespace Pikku.Akka.EventHub;

/// <summary>
/// The events of other nodes that a lane has not delivered yet. They are not kept in the mailbox of the lane, so that the calls of this node do not wait for
/// all of them; and they are kept outside of the actor, so that a restart of the lane loses none of them. The senders limit the size of the inbox: each node
/// sends at most <c>pikku.cluster.max-unacknowledged</c> bytes that are not delivered here yet. Not thread-safe: the lane owns it.
/// </summary>
internal sealed class RemoteInbox
{
    private readonly Queue<HubProtocol.DeliverRemote> _parts = [];
    private int _next;

    public bool IsEmpty => _parts.Count == 0;

    /// <summary>The next event to deliver; null when there is none.</summary>
    public HubEvent? Next => _parts.TryPeek(out var part) ? part.Events[_next] : null;

    /// <summary>Adds the part of a batch that belongs to this lane. A part has at least one event.</summary>
    public void Add(HubProtocol.DeliverRemote part) => _parts.Enqueue(part);

    /// <summary>Removes the next event, because it is in the outboxes or has no receiver.</summary>
    public void Advance()
    {
        var part = _parts.Peek();
        if (++_next < part.Events.Count)
            return;
        _next = 0;
        _parts.Dequeue();
        part.Delivery?.EndPart();
    }
}
