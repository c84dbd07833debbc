using System.Buffers;
using System.Runtime.InteropServices;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// A WebSocket as the transport of a connection, and the one writer of its socket. Rests until the outbox wakes it, then takes everything that
/// waits and writes it in one go: one system call for many frames. Works on the thread pool; holds no buffer and no thread while it rests.
/// </summary>
/// <param name="stream">The upgraded connection.</param>
/// <param name="cutoff">Cuts the socket off.</param>
/// <param name="failed">Told when the socket can't be written to any more.</param>
internal sealed class WebSocketTransport(Stream stream, RequestCutoff cutoff, Action<Exception> failed) : IConnectionTransport, IThreadPoolWorkItem
{
    // Larger frames are written as they stand: copying them would cost more than a system call.
    private const int CoalesceLimit = 16 * 1024; // bytes

    // The server buffers what is written in one go, whatever its size; and a client that takes parts of a large frame does not stand still.
    private const int SliceSize = 64 * 1024; // bytes

    private readonly List<EncodedMessage> _taken = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outbox _outbox = null!; // from Start on
    private int _woken;

    /// <summary>Completes when the close frame has been written, or nothing can be written any more.</summary>
    public Task Done => _done.Task;

    public void Start(Outbox outbox) => _outbox = outbox;

    // At the end of what the thread does: the more messages wait by then, the fewer writes.
    public void Write()
    {
        Volatile.Write(ref _woken, 1);
        Cascade.RunLast(this);
    }

    public void WriteNow() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Ping() => _outbox.Add(EncodedMessage.Ping);

    public void Abort() => cutoff.Cut();

    /// <summary>The request of the upgrade ends: from here on nothing is cut off.</summary>
    public void Release() => cutoff.Disarm();

    // After WriteNow the transport is queued twice, here and at the end of a cascade: the first of the two to run does the work.
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
            // The outbox may have woken another run by now, which uses the same fields: from here on only the end may be told.
            if (ended)
                _done.TrySetResult();
        }
        catch (Exception e)
        {
            // The peer has gone; the receive loop sees the same and ends the connection. The arrays of what was taken are not returned to their
            // pools: a write that failed may leave them with the server, and the garbage collector knows when they are free.
            _taken.Clear();
            _outbox.Abandon();
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

    // The messages from here on whose frames go out together.
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

    // The headers are made in the buffer: nothing that other sockets share is written to.
    private void Coalesce(int start, int end, Span<byte> buffer)
    {
        foreach (ref readonly var message in CollectionsMarshal.AsSpan(_taken)[start..end])
            buffer = buffer[FrameEncoder.Write(message, buffer)..];
    }
}
