namespace Pikku.Akka.EventHub;

/// <summary>
/// The record that the hub keeps for one subscriber: the number of its subscriptions, the lanes that may hold them, and whether the subscriber has ended.
/// The lanes work in parallel, so only the ledger can count a limit across lanes. It also resolves the race between a subscribe and the end of the
/// connection: a lane that adds a subscription before <see cref="Close"/> is notified of the end afterwards; a later one is refused.
/// </summary>
internal sealed class SubscriptionLedger
{
    private readonly Lock _gate = new();
    private ulong _lanes;
    private int _count;
    private bool _closed;
    private bool _isRefreshDue;

    /// <summary>Records that a lane is about to receive a subscribe. Call it before the lane receives the message.</summary>
    /// <returns>False when the subscriber has ended.</returns>
    public bool TryEnter(int lane)
    {
        lock (_gate)
        {
            _lanes |= 1UL << lane;
            return !_closed;
        }
    }

    /// <summary>Adds one subscription, unless the subscriber has ended or the limit is reached.</summary>
    public LedgerAnswer TryAdd(int limit)
    {
        lock (_gate)
        {
            if (_closed)
                return LedgerAnswer.Gone;
            if (_count >= limit)
                return LedgerAnswer.Full;
            _count++;
            return LedgerAnswer.Added;
        }
    }

    /// <summary>Subtracts subscriptions that have ended.</summary>
    public void Release(int count)
    {
        lock (_gate)
            _count -= count;
    }

    /// <summary>Records that events of the subscriber were dropped, so that its positions are not what its lanes believe.</summary>
    /// <returns>The lanes that have to refresh them, one bit for each lane; 0 when they know already.</returns>
    public ulong RequestRefresh()
    {
        lock (_gate)
        {
            if (_closed || _isRefreshDue)
                return 0;
            _isRefreshDue = true;
            return _lanes;
        }
    }

    /// <summary>
    /// Called by a lane before it refreshes the positions. An event that is dropped afterwards requests another refresh of all lanes; one that is dropped before is
    /// covered by this one, or by that of its own lane, which has been requested as well.
    /// </summary>
    public void BeginRefresh()
    {
        lock (_gate)
            _isRefreshDue = false;
    }

    /// <summary>Closes the ledger because the subscriber has ended.</summary>
    /// <returns>The lanes that may hold subscriptions, one bit for each lane; 0 when the ledger was already closed.</returns>
    public ulong Close()
    {
        lock (_gate)
        {
            if (_closed)
                return 0;
            _closed = true;
            return _lanes;
        }
    }
}
