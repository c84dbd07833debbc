using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Limits the bytes that are sent to another node and that the node has not handled yet. The transport buffers without a limit, so without the window a node
/// that does not read would exhaust the memory of the nodes that send to it. Thread-safe.
/// </summary>
/// <param name="node">The node, as host and port.</param>
/// <param name="max">The limit <c>pikku.cluster.max-unacknowledged-messages</c>, in bytes.</param>
/// <param name="log">Logs when the window begins to refuse messages.</param>
/// <param name="metrics">Counts the refused messages.</param>
internal sealed class NodeWindow(string node, long max, PikkuLog log, ClusterMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiting = [];
    private long _sent;
    private long _handled;
    private bool _isRefusing;
    private bool _isClosed;

    /// <summary>The bytes in transit.</summary>
    public long InTransit
    {
        get
        {
            lock (_lock)
                return Math.Max(0, _sent - _handled);
        }
    }

    /// <summary>True for messages that count in the window. Each of the others is an answer to a message that counts, or is sent only once.</summary>
    public static bool Counts(NodeMessage message) => message is NodeMessage.Deliver or NodeMessage.CloseChannel or NodeMessage.ChangeSubscription
        or NodeMessage.ChangePresence or NodeMessage.EndSessions or NodeMessage.GetReport or NodeMessage.Call or NodeMessage.ChangeSession
        or NodeMessage.Returned or NodeMessage.Disconnect or NodeMessage.GetChannels or NodeMessage.Refresh or NodeMessage.Reauthorize
        or NodeMessage.EndSubscriptions or NodeMessage.InvokeClient or NodeMessage.Item;

    /// <summary>Reserves room for a message. If nothing is in transit, a message of any size has room.</summary>
    /// <returns>False when there is no room, or when other messages already wait for room. The refusal is logged and counted.</returns>
    public bool TryTake(int size)
    {
        bool isFirst;
        lock (_lock)
        {
            Release();
            if (_waiting.Count == 0 && HasRoom(size))
            {
                _sent += size;
                return true;
            }

            isFirst = !_isRefusing;
            _isRefusing = true;
        }

        if (isFirst)
            log.SendsRefused(node, max);
        metrics.SendRefused();
        return false;
    }

    /// <summary>Reserves room for a message like <see cref="TryTake"/>, and throws when there is none.</summary>
    /// <exception cref="EventHubException">There is no room.</exception>
    public void Take(int size)
    {
        if (!TryTake(size))
            throw new EventHubException(EventHubErrorReason.Unavailable,
                $"{InTransit} bytes are already in transit to node {node}; pikku.cluster.max-unacknowledged-messages allows {max}.");
    }

    /// <summary>Reserves room for a message that is sent even if the window is full, because another limit bounds it.</summary>
    public void TakeAnyway(int size)
    {
        lock (_lock)
            _sent += size;
    }

    /// <summary>Waits until there is room for a message. Messages that wait are served in order.</summary>
    /// <param name="size">The size of the message.</param>
    /// <param name="closed">Ends the wait because the connection or its call has ended.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait has ended.</exception>
    public ValueTask TakeAsync(int size, CancellationToken closed, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Release();
            if (_waiting.Count == 0 && HasRoom(size))
            {
                _sent += size;
                return default;
            }

            var waiter = new Waiter(size);
            _waiting.Enqueue(waiter);
            return new ValueTask(WaitAsync(waiter, closed, cancellationToken));
        }
    }

    /// <summary>Records the total number of bytes that the node has handled.</summary>
    public void Handled(long total)
    {
        lock (_lock)
        {
            _handled = total;
            // The state ends at half of the limit, so that a node close to the limit is logged once and not for every message.
            if (_sent - _handled <= max / 2)
                _isRefusing = false;
            Release();
        }
    }

    /// <summary>Closes the window because the node has left. Messages that wait for room are sent, and reach no receiver.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Release();
        }
    }

    private static async Task WaitAsync(Waiter waiter, CancellationToken closed, CancellationToken cancellationToken)
    {
        await using var cancelled = cancellationToken.UnsafeRegister(_ => waiter.TrySetCanceled(cancellationToken), null);
        await using var ended = closed.UnsafeRegister(_ => waiter.TrySetException(Outbox.EndedException()), null);
        await waiter.Task;
    }

    private bool HasRoom(int size) => _isClosed || _sent <= _handled || _sent - _handled + size <= max;

    // A waiter whose wait has ended is removed without reserving room.
    private void Release()
    {
        while (_waiting.TryPeek(out var waiter) && (waiter.Task.IsCompleted || HasRoom(waiter.Size)))
        {
            _waiting.Dequeue();
            if (waiter.TrySetResult())
                _sent += waiter.Size;
        }
    }

    private sealed class Waiter(int size) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Size { get; } = size;
    }
}
