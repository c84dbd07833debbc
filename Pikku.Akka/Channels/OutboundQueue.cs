using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// What waits for the channel middleware of one connection. At most one batch of a connection is in the flow at a time, so the order is
/// kept although the lanes work on many connections at once.
/// </summary>
/// <param name="channel">The connection.</param>
/// <param name="lane">Where the connection asks for its turn; it has room for every connection.</param>
/// <param name="settings">The bounds of the outbox hold here too.</param>
internal sealed class OutboundQueue(LocalChannel channel, LaneQueue<LocalChannel> lane, OutboxSettings settings)
{
    private const int MaxBatch = 32; // long enough to share the cost of a turn, short enough not to keep others waiting

    private readonly Lock _gate = new();
    private readonly Queue<OutboundItem> _items = [];
    private TaskCompletionSource? _room;
    private bool _inTurn;
    private bool _ended;

    /// <returns>False when there is no room; the last item always has room.</returns>
    public bool Enqueue(in OutboundItem item)
    {
        lock (_gate)
        {
            if (_ended)
                return true;
            if (_items.Count >= settings.MaxMessages && !item.IsLast)
                return false;
            _ended = item.IsLast;
            _items.Enqueue(item);
            if (_inTurn)
                return true;
            _inTurn = true;
        }

        lane.TryAdd(channel);
        return true;
    }

    /// <summary>Takes the batch of this turn.</summary>
    public List<OutboundItem> Take()
    {
        lock (_gate)
        {
            var batch = new List<OutboundItem>(Math.Min(_items.Count, MaxBatch));
            while (batch.Count < MaxBatch && _items.TryDequeue(out var item))
                batch.Add(item);
            _room?.TrySetResult();
            _room = null;
            return batch;
        }
    }

    /// <summary>The turn is over; asks for another one when more waits.</summary>
    public void EndTurn()
    {
        lock (_gate)
        {
            if (_items.Count == 0)
            {
                _inTurn = false;
                return;
            }
        }

        lane.TryAdd(channel);
    }

    /// <summary>Throws away what waits: the socket has gone.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _ended = true;
            _items.Clear();
            _room?.TrySetResult();
        }
    }

    /// <summary>Completes when there is room.</summary>
    public Task WaitForRoom()
    {
        lock (_gate)
            return _ended || _items.Count < settings.MaxMessages
                ? Task.CompletedTask
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }
}
