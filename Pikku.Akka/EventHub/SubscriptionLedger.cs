namespace Pikku.Akka.EventHub;

/// <summary>
/// What the hub keeps with one subscriber: how many subscriptions it has, in which lanes, and whether it has gone. The lanes work in
/// parallel, so this is the one place where a limit across lanes can be counted, and where a subscribe and the end of the connection
/// meet: a lane that takes a place here before <see cref="Close"/> is told of the end afterwards; one that comes later gets none.
/// </summary>
internal sealed class SubscriptionLedger
{
    private readonly Lock _gate = new();
    private ulong _lanes;
    private int _count;
    private bool _closed;

    /// <summary>How many subscriptions the subscriber has, handlers included.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

    /// <summary>Notes that a lane is about to be told of a subscription. Called before it is told.</summary>
    /// <returns>False when the subscriber has gone.</returns>
    public bool TryEnter(int lane)
    {
        lock (_gate)
        {
            _lanes |= 1UL << lane;
            return !_closed;
        }
    }

    /// <summary>Takes the place of one more subscription.</summary>
    public LedgerAnswer Take(int limit)
    {
        lock (_gate)
        {
            if (_closed)
                return LedgerAnswer.Gone;
            if (_count >= limit)
                return LedgerAnswer.Full;
            _count++;
            return LedgerAnswer.Taken;
        }
    }

    /// <summary>Gives places back.</summary>
    public void Release(int places)
    {
        lock (_gate)
            _count -= places;
    }

    /// <summary>Ends it for good.</summary>
    /// <returns>The lanes that may hold subscriptions, one bit each; none when it had ended already.</returns>
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
