namespace Pikku.Akka.EventHub;

/// <summary>
/// What other nodes have published and one lane has not delivered yet. It stands beside the mailbox of the lane, so that calls of this
/// node need not wait for all of it; and outside of the actor, so that a restart of the lane loses nothing. The nodes that published bound
/// it: each sends no more than <c>pikku.cluster.max-unacknowledged</c> ahead of what was delivered here. Not thread-safe: the lane owns it.
/// </summary>
internal sealed class RemoteInbox
{
    private readonly Queue<HubProtocol.DeliverRemote> _parts = [];
    private int _next;

    public bool IsEmpty => _parts.Count == 0;

    /// <summary>The event that is to be delivered next; null when there is none.</summary>
    public HubEvent? Next => _parts.TryPeek(out var part) ? part.Events[_next] : null;

    /// <summary>Adds the part of a batch that belongs to this lane; it has at least one event.</summary>
    public void Add(HubProtocol.DeliverRemote part) => _parts.Enqueue(part);

    /// <summary>The next event is in the outboxes, or nobody can be given it.</summary>
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
