using System.Buffers;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// The one writer of a socket. Rests until the outbox wakes it, takes everything that waits, and writes it in one go: one system call for
/// many frames. Works on the thread pool; holds no buffer and no thread while it rests.
/// </summary>
internal sealed class SocketWriter(Stream connection, Outbox outbox, Action<Exception> failed) : IOutboxWriter, IThreadPoolWorkItem
{
    private const int CoalesceLimit = 16 * 1024; // larger frames are written as they stand: copying them would cost more than a call

    // The server buffers what is written in one go, whatever its size; and a client that takes parts of a large frame does not stand still.
    private const int SliceSize = 64 * 1024;

    private readonly List<OutboundFrame> _taken = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _woken;

    /// <summary>Completes when the last frame has been written, or can't be.</summary>
    public Task Done => _done.Task;

    // At the end of what the thread does: the more waits by then, the fewer writes.
    public void Wake()
    {
        Volatile.Write(ref _woken, 1);
        Cascade.RunLast(this);
    }

    public void Hurry() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    // Who was hurried still stands where it was woken: the first of the two runs it.
    public void Execute()
    {
        if (Interlocked.Exchange(ref _woken, 0) != 0)
            _ = WriteAllAsync();
    }

    private async Task WriteAllAsync()
    {
        try
        {
            bool ended;
            while (outbox.TryTake(_taken, out ended))
                await WriteTakenAsync();
            // The outbox may have woken us again by now: from here on nothing of this object but its end is touched.
            if (ended)
                _done.TrySetResult();
        }
        catch (Exception e)
        {
            // The peer has gone; the receive loop sees the same and ends the connection.
            _taken.Clear();
            outbox.Abandon();
            try
            {
                failed(e);
            }
            finally
            {
                // A log that throws must not keep the end of the connection waiting.
                _done.TrySetResult();
            }
        }
    }

    private async ValueTask WriteTakenAsync()
    {
        var start = 0;
        while (start < _taken.Count)
        {
            var (end, bytes) = Run(start);
            if (end - start == 1)
                await WriteSlicesAsync(_taken[start].Memory);
            else
                await WriteCoalescedAsync(start, end, bytes);
            start = end;
        }

        foreach (var frame in _taken)
            frame.Return();
        _taken.Clear();
    }

    private ValueTask WriteSlicesAsync(ReadOnlyMemory<byte> frame) =>
        frame.Length <= SliceSize ? connection.WriteAsync(frame) : WriteEachAsync(frame);

    private async ValueTask WriteEachAsync(ReadOnlyMemory<byte> frame)
    {
        for (var rest = frame; !rest.IsEmpty; rest = rest[Math.Min(SliceSize, rest.Length)..])
        {
            await connection.WriteAsync(rest[..Math.Min(SliceSize, rest.Length)]);
            outbox.Progressed();
        }
    }

    // The frames from here on that go out together.
    private (int End, int Bytes) Run(int start)
    {
        var bytes = _taken[start].Length;
        var end = start + 1;
        while (end < _taken.Count && bytes + _taken[end].Length <= CoalesceLimit)
            bytes += _taken[end++].Length;
        return (end, bytes);
    }

    private async ValueTask WriteCoalescedAsync(int start, int end, int bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            var at = 0;
            for (var i = start; i < end; i++)
            {
                _taken[i].Memory.Span.CopyTo(buffer.AsSpan(at));
                at += _taken[i].Length;
            }

            await connection.WriteAsync(buffer.AsMemory(0, bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
