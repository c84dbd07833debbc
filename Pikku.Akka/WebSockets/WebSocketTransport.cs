using System.Buffers;
using System.Runtime.InteropServices;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// The WebSocket transport of a connection, and the only writer of its socket. It is idle until the outbox wakes it. Then it takes all waiting messages and writes
/// them together: one system call for many frames. It runs on the thread pool and holds no buffer and no thread while it is idle.
/// </summary>
/// <param name="stream">The upgraded connection.</param>
/// <param name="cutoff">Aborts the request of the socket.</param>
/// <param name="failed">Called with the exception when writing to the socket fails.</param>
internal sealed class WebSocketTransport(Stream stream, RequestCutoff cutoff, Action<Exception> failed) : IConnectionTransport, IThreadPoolWorkItem
{
    // Larger frames are written without copying, because a copy would cost more than a system call.
    private const int CoalesceLimit = 16 * 1024; // bytes

    // The server buffers a write of any size as a whole. Writing slices limits that buffer, and shows that a client that reads parts of a large frame is not stalled.
    private const int SliceSize = 64 * 1024; // bytes

    private readonly List<EncodedMessage> _taken = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outbox _outbox = null!; // set by Start
    private int _woken;

    /// <summary>Completes when the close frame has been written or writing has failed.</summary>
    public Task Done => _done.Task;

    public void Start(Outbox outbox) => _outbox = outbox;

    // Runs after all other work of the thread: the more messages wait by then, the fewer writes are needed.
    public void Write()
    {
        Volatile.Write(ref _woken, 1);
        Cascade.RunLast(this);
    }

    public void WriteNow() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Ping() => _outbox.Add(EncodedMessage.Ping);

    public void Abort() => cutoff.Abort();

    /// <summary>Called when the request of the upgrade ends. Later calls of <see cref="Abort"/> have no effect.</summary>
    public void Release() => cutoff.Disarm();

    // After WriteNow the transport is queued twice: to the thread pool and at the end of a cascade. The first run does the work.
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
            while (_outbox.TryTake(_taken, out ended))
                await WriteTakenAsync();
            // The outbox may have started another run by now, which uses the same fields. Only completing _done is safe here.
            if (ended)
                _done.TrySetResult();
        }
        catch (Exception e)
        {
            // The peer is gone. The receive loop fails too and ends the connection. The arrays of the taken messages are not returned to their pools, because the server
            // may still use them after a failed write; the garbage collector frees them.
            _taken.Clear();
            _outbox.Abandon();
            try
            {
                failed(e);
            }
            finally
            {
                // The connection must end even if the logger throws.
                _done.TrySetResult();
            }
        }
    }

    private async ValueTask WriteTakenAsync()
    {
        var start = 0;
        while (start < _taken.Count)
        {
            var (end, size) = FindRun(start);
            if (end - start == 1 && _taken[start].HasHeadroom)
                await WriteSlicesAsync(FrameEncoder.WriteIntoHeadroom(_taken[start]));
            else
                await WriteCoalescedAsync(start, end, size);
            start = end;
        }

        foreach (var message in _taken)
            message.Return();
        _taken.Clear();
    }

    private ValueTask WriteSlicesAsync(ReadOnlyMemory<byte> frame) =>
        frame.Length <= SliceSize ? stream.WriteAsync(frame) : WriteEachAsync(frame);

    private async ValueTask WriteEachAsync(ReadOnlyMemory<byte> frame)
    {
        for (var rest = frame; !rest.IsEmpty; rest = rest[Math.Min(SliceSize, rest.Length)..])
        {
            await stream.WriteAsync(rest[..Math.Min(SliceSize, rest.Length)]);
            _outbox.ReportProgress();
        }
    }

    // Finds the messages, starting at this one, whose frames are written together.
    private (int End, int Size) FindRun(int start)
    {
        var taken = CollectionsMarshal.AsSpan(_taken);
        var size = FrameEncoder.SizeOf(taken[start]);
        var end = start + 1;
        while (end < taken.Length && size + FrameEncoder.SizeOf(taken[end]) is var next && next <= CoalesceLimit)
        {
            size = next;
            end++;
        }

        return (end, size);
    }

    private async ValueTask WriteCoalescedAsync(int start, int end, int size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        Coalesce(start, end, buffer);
        await stream.WriteAsync(buffer.AsMemory(0, size));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    // The headers are written to the buffer, so shared messages are not modified.
    private void Coalesce(int start, int end, Span<byte> buffer)
    {
        foreach (ref readonly var message in CollectionsMarshal.AsSpan(_taken)[start..end])
            buffer = buffer[FrameEncoder.Write(message, buffer)..];
    }
}
