using Pikku.Akka.Dispatch;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// What waits for the channel middleware of one connection. At most one batch of a connection is in the flow at a time, so the order is
/// kept although the lanes work on many connections at once.
/// </summary>
/// <param name="channel">The connection.</param>
/// <param name="lane">The lane in which the connection requests its turns; it has room for every connection.</param>
/// <param name="settings">The bounds of the outbox, which apply here too.</param>
/// <param name="dropped">Told how many events were dropped to make room.</param>
internal sealed class OutboundQueue(Connection channel, LaneQueue<Connection> lane, OutboxSettings settings, Action<int> dropped)
{
    private const int MaxBatch = 32; // long enough to share the cost of a turn, short enough not to keep others waiting

    // What an event is assumed to take beyond the bytes that are known of it: the object that is sent, and what middleware makes of it.
    private const int EventWeight = 256;

    private readonly Lock _gate = new();
    private readonly Queue<OutboundItem> _items = [];
    private TaskCompletionSource? _awaited; // of the one item whose sender waits until it is in the outbox
    private bool _awaitedInTurn;
    private int _weight;
    private bool _inTurn;
    private bool _ended;

    /// <returns>False when there is no room; the last item always has room.</returns>
    public bool Enqueue(in OutboundItem item)
    {
        bool needsTurn, isCrowded;
        lock (_gate)
        {
            if (_ended)
                return true;
            if (!item.IsLast && !HasRoom(item) && !MakeRoom(item))
                return Drop(item);
            _ended = item.IsLast;
            needsTurn = Add(item);
            isCrowded = _items.Count % MaxBatch == 0;
        }

        if (needsTurn)
            lane.TryAdd(channel);
        else if (isCrowded)
            Cascade.OffloadCurrent(); // the turn may wait on this thread for the code that sends to end
        return true;
    }

    /// <summary>Adds an item for which its sender has reserved room in the outbox. The task completes when the outbox has what comes of it.</summary>
    public Task EnqueueAwaitedAsync(in OutboundItem item)
    {
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool needsTurn;
        lock (_gate)
        {
            if (_ended)
            {
                Release(item);
                return Task.FromException(Outbox.Ended());
            }

            _awaited = awaited;
            needsTurn = Add(item with { IsAwaited = true });
        }

        if (needsTurn)
            lane.TryAdd(channel);
        return awaited.Task;
    }

    /// <summary>Takes the batch of this turn.</summary>
    public List<OutboundItem> TakeBatch()
    {
        lock (_gate)
        {
            var batch = new List<OutboundItem>(Math.Min(_items.Count, MaxBatch));
            while (batch.Count < MaxBatch && TryDequeue() is { } item)
            {
                _awaitedInTurn |= item.IsAwaited;
                batch.Add(item);
            }

            return batch;
        }
    }

    /// <summary>The turn is over; requests another one when more waits.</summary>
    public void EndTurn()
    {
        TaskCompletionSource? awaited = null;
        bool needsTurn;
        lock (_gate)
        {
            if (_awaitedInTurn)
                (awaited, _awaited, _awaitedInTurn) = (_awaited, null, false);
            needsTurn = _inTurn = _items.Count > 0;
        }

        if (needsTurn)
            lane.TryAdd(channel);
        if (awaited is not null && channel.Outbox.IsCompleted)
            awaited.TrySetException(Outbox.Ended());
        else
            awaited?.TrySetResult();
    }

    /// <summary>Throws away what waits: the socket has gone.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _ended = true;
            while (TryDequeue() is { } item)
                Release(item);
            if (_awaitedInTurn)
                return; // the end of the turn completes it
            _awaited?.TrySetException(Outbox.Ended());
            _awaited = null;
        }
    }

    private static int WeightOf(in OutboundItem item) =>
        item.Event is null ? OutboxMessages.WeightOf(item.Message) : OutboxMessages.EntryWeight + EventWeight + item.Size;

    private static bool IsHubEvent(in OutboundItem item) => item.Event is { Kind: OutboundMessageKind.Event } || (item.Event is null && item.Message.IsEvent);

    private static void Release(in OutboundItem item)
    {
        if (item.Event is null)
            item.Message.Return();
    }

    // True when the policy allows dropping it; false when the connection has to be closed for it.
    private bool Drop(in OutboundItem item)
    {
        Release(item);
        if (settings.Overflow == OutboxOverflow.Close || !IsHubEvent(item))
            return false;
        dropped(1);
        return true;
    }

    private bool HasRoom(in OutboundItem item) => _items.Count == 0 || _weight + WeightOf(item) <= settings.MaxSize;

    // The outbox applies its policy to what comes out of here. Before it, only the oldest events are dropped, or the new event when the oldest item
    // is not an event.
    private bool MakeRoom(in OutboundItem item)
    {
        if (settings.Overflow == OutboxOverflow.Close || !IsHubEvent(item))
            return false;
        while (!HasRoom(item) && _items.TryPeek(out var oldest) && IsHubEvent(oldest))
        {
            Release(TryDequeue()!.Value);
            dropped(1);
        }

        return HasRoom(item);
    }

    // True when a turn has to be requested.
    private bool Add(in OutboundItem item)
    {
        _items.Enqueue(item);
        _weight += WeightOf(item);
        var needsTurn = !_inTurn;
        _inTurn = true;
        return needsTurn;
    }

    private OutboundItem? TryDequeue()
    {
        if (!_items.TryDequeue(out var item))
            return null;
        _weight -= WeightOf(item);
        return item;
    }
}
