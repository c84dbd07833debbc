using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Cluster;

/// <summary>
/// How much is on its way to another node that has not handled it. The transport keeps whatever it is given, so that a node which does not read would
/// fill the memory of those that send to it. Safe from any thread.
/// </summary>
/// <param name="node">The node, as host and port.</param>
/// <param name="max"><c>pikku.cluster.max-unacknowledged-messages</c>, in bytes.</param>
/// <param name="log">Told when sends begin to be refused.</param>
/// <param name="metrics">Counts each refused send.</param>
internal sealed class NodeWindow(string node, long max, PikkuLog log, ClusterMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiting = [];
    private long _sent;
    private long _handled;
    private bool _isRefusing;
    private bool _isClosed;

    /// <summary>What is on its way, in bytes.</summary>
    public long UnderWay
    {
        get
        {
            lock (_lock)
                return Math.Max(0, _sent - _handled);
        }
    }

    /// <summary>True for messages that count. The others are answers, of which there is one for each message that counts, or are sent once.</summary>
    public static bool Counts(NodeMessage message) => message is NodeMessage.Deliver or NodeMessage.CloseChannel or NodeMessage.ChangeSubscription
        or NodeMessage.ChangePresence or NodeMessage.EndSessions or NodeMessage.GetReport or NodeMessage.Call or NodeMessage.ChangeSession
        or NodeMessage.Returned;

    /// <summary>Takes room for a message. A single message always has room.</summary>
    /// <returns>False when there is none, or when others wait for it; that is logged and counted.</returns>
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

    /// <summary>As <see cref="TryTake"/>.</summary>
    /// <exception cref="EventHubException">There is no room.</exception>
    public void Take(int size)
    {
        if (!TryTake(size))
            throw new EventHubException(EventHubErrorReason.Unavailable,
                $"{UnderWay} bytes are on their way to {node} already, and pikku.cluster.max-unacknowledged-messages allows {max}.");
    }

    /// <summary>Takes room for a message that has to be sent in any case, and is bounded by something else.</summary>
    public void TakeAnyway(int size)
    {
        lock (_lock)
            _sent += size;
    }

    /// <summary>Waits until there is room for a message, behind all that wait already.</summary>
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

    /// <summary>The node has handled so many bytes in all.</summary>
    public void Handled(long total)
    {
        lock (_lock)
        {
            _handled = total;
            // Half, so that a node at its bound is logged once and not for every message.
            if (_sent - _handled <= max / 2)
                _isRefusing = false;
            Release();
        }
    }

    /// <summary>The node has gone: whoever waits goes on, and what is sent reaches nobody.</summary>
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

    // Those that no longer wait go without taking room.
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
