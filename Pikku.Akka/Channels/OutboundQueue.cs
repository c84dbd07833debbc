using Pikku.Akka.Dispatch;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// The items of one connection that wait for the channel middleware. At most one batch of a connection is in the flow at a time, which keeps the order
/// although the lanes process many connections at once.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="lane">The lane in which the connection requests its turns; it has room for every connection.</param>
/// <param name="settings">The limits of the outbox, which also apply here.</param>
/// <param name="dropped">Called with the number of events that were dropped to make room.</param>
internal sealed class OutboundQueue(Connection connection, LaneQueue<Connection> lane, OutboxSettings settings, Action<int> dropped)
{
    private const int MaxBatch = 32; // large enough to amortize the cost of a turn, small enough not to delay other connections

    // The assumed memory of an event beyond its known bytes: the object that is sent, and the object that the middleware creates from it.
    private const int EventWeight = 256;

    private readonly Lock _gate = new();
    private readonly Queue<OutboundItem> _items = [];
    private TaskCompletionSource? _awaited; // for the one item whose sender waits until it is in the outbox
    private bool _awaitedInTurn;
    private int _weight;
    private bool _inTurn;
    private bool _ended;

    /// <summary>True when at most half of the room is used.</summary>
    public bool IsHalfFree
    {
        get
        {
            lock (_gate)
                return _weight <= settings.MaxSize / 2;
        }
    }

    /// <summary>The room that an item needs.</summary>
    public static int WeightOf(in OutboundItem item) =>
        item.Event is null ? OutboxMessages.WeightOf(item.Message) : OutboxMessages.EntryWeight + EventWeight + item.Size;

    /// <summary>Holds room for a unit of items, which <see cref="EnqueueHeld"/> uses or <see cref="ReleaseHold"/> gives up. A unit always has room in an empty queue.</summary>
    public bool TryHold(int weight)
    {
        lock (_gate)
        {
            if (_items.Count > 0 && _weight + weight > settings.MaxSize)
                return false;
            _weight += weight;
            return true;
        }
    }

    /// <summary>Gives up the room for a unit.</summary>
    public void ReleaseHold(int weight)
    {
        lock (_gate)
            _weight -= weight;
    }

    /// <summary>Adds the items of a unit, with no other item between them.</summary>
    /// <param name="items">The items.</param>
    /// <param name="weight">The room that is held.</param>
    public void EnqueueHeld(IReadOnlyList<OutboundItem> items, int weight)
    {
        var needsTurn = false;
        lock (_gate)
        {
            _weight -= weight;
            foreach (var item in items)
            {
                if (_ended)
                    Release(item);
                else
                    needsTurn |= Add(item);
            }
        }

        if (needsTurn)
            lane.TryAdd(connection);
    }

    /// <summary>Adds an item and requests a turn if none is requested.</summary>
    /// <returns>False when there is no room. The last item always has room.</returns>
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
            lane.TryAdd(connection);
        else if (isCrowded)
            Cascade.OffloadCurrent(); // the turn may be queued on this thread behind the code that sends
        return true;
    }

    /// <summary>Adds an item for which the sender has reserved room in the outbox. The task completes when the encoded item is in the outbox.</summary>
    public Task EnqueueAwaitedAsync(in OutboundItem item)
    {
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool needsTurn;
        lock (_gate)
        {
            if (_ended)
            {
                Release(item);
                return Task.FromException(Outbox.EndedException());
            }

            _awaited = awaited;
            needsTurn = Add(item with { IsAwaited = true });
        }

        if (needsTurn)
            lane.TryAdd(connection);
        return awaited.Task;
    }

    /// <summary>
    /// Sends an item whose sender waits for room. The encoded size is unknown until the middleware has run. Room is therefore reserved, for one such message at a
    /// time.
    /// </summary>
    public async ValueTask SendAsync(OutboundItem item, CancellationToken cancellationToken)
    {
        await connection.Outbox.ReserveAsync(cancellationToken);
        try
        {
            // Middleware that blocks its thread never completes the turn, so the end of the connection also ends the wait.
            await EnqueueAwaitedAsync(item).WaitAsync(connection.Closed);
        }
        finally
        {
            connection.Outbox.Release();
        }
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

    /// <summary>Ends the turn, and requests another one when more items wait.</summary>
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
            lane.TryAdd(connection);
        if (awaited is not null && connection.Outbox.IsCompleted)
            Fail(awaited);
        else
            awaited?.TrySetResult();
    }

    /// <summary>Discards the waiting items because the socket has ended.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _ended = true;
            while (TryDequeue() is { } item)
                Release(item);
            if (_awaitedInTurn)
                return; // EndTurn completes it
            Fail(_awaited);
            _awaited = null;
        }
    }

    private static bool IsHubEvent(in OutboundItem item) =>
        !item.IsReplay && (item.Event is { Kind: OutboundMessageKind.Event } || (item.Event is null && item.Message.IsEvent));

    private static void Release(in OutboundItem item)
    {
        if (item.Event is null)
            item.Message.Return();
    }

    // Returns true when the policy allows dropping the item; false when the connection has to be closed.
    private bool Drop(in OutboundItem item)
    {
        Release(item);
        if (settings.Overflow == OutboxOverflow.Close || !IsHubEvent(item))
            return false;
        dropped(1);
        return true;
    }

    private bool HasRoom(in OutboundItem item) => _items.Count == 0 || _weight + WeightOf(item) <= settings.MaxSize;

    // The outbox applies the full overflow policy later. This queue drops only its oldest events, or the new event when the oldest item is not an event.
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

    // Returns true when a turn has to be requested.
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

    // The sender may have stopped waiting, because the connection has ended. The exception is read here, so that it does not count as unobserved then.
    private static void Fail(TaskCompletionSource? awaited)
    {
        if (awaited?.TrySetException(Outbox.EndedException()) == true)
            _ = awaited.Task.Exception;
    }
}
