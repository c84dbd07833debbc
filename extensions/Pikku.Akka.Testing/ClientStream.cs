using System.Buffers;
using System.IO.Pipelines;

namespace Pikku.Akka.Testing;

/// <summary>
/// The client's end of a <see cref="PikkuTestLink"/>. One reader and any number of writers may use it at the same time, as on a socket.
/// </summary>
internal sealed class ClientStream(Pipe fromServer, Pipe toServer, Action disposed) : Stream
{
    private readonly CancellationTokenSource _cut = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _gate = new();
    private TaskCompletionSource? _paused;
    private bool _discards;
    private bool _ended;
    private long _written;
    private long _read;
    private long _waitsAt = -1;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The number of bytes that were read while the client waits for more; null while it does not wait.</summary>
    public long? WaitsAt => Volatile.Read(ref _waitsAt) is var at and >= 0 ? at : null;

    /// <summary>The number of bytes that the client has written and the server can read.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>True while the client does not read.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_gate)
                return _paused is not null;
        }
    }

    /// <summary>Stops reading. What the server writes fills the bounded pipe, and then its writes wait.</summary>
    public void Pause()
    {
        lock (_gate)
            _paused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Resume()
    {
        lock (_gate)
        {
            _paused?.TrySetResult();
            _paused = null;
        }
    }

    /// <summary>Discards what the client writes from now on, or no longer.</summary>
    public void Discard(bool on) => Volatile.Write(ref _discards, on);

    /// <summary>Ends both directions for the client with an error, as a reset does.</summary>
    /// <param name="error">The error of the server's next read, or null for an end of its input without one.</param>
    public void Cut(Exception? error)
    {
        EndWriting(error);
        _cut.Cancel();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cut.Token);
        while (true)
        {
            try
            {
                if (Paused() is { } paused)
                    await paused.WaitAsync(linked.Token);
                var result = await WaitAsync(linked.Token);
                if (IsPaused)
                {
                    // The client stopped reading while it waited. What has arrived since stays where it is.
                    fromServer.Reader.AdvanceTo(result.Buffer.Start);
                    continue;
                }

                return Take(result, buffer);
            }
            catch (OperationCanceledException) when (_cut.IsCancellationRequested)
            {
                // As on a socket, what had arrived before the reset can still be read.
                if (!IsPaused && fromServer.Reader.TryRead(out var rest) && (!rest.Buffer.IsEmpty || rest.IsCompleted))
                    return Take(rest, buffer);
                throw Broken();
            }
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref _discards))
                return;
            ValueTask<FlushResult> flushing;
            lock (_gate)
            {
                if (_ended)
                    throw Broken();
                Interlocked.Add(ref _written, buffer.Length);
                buffer.Span.CopyTo(toServer.Writer.GetSpan(buffer.Length));
                toServer.Writer.Advance(buffer.Length);
                flushing = toServer.Writer.FlushAsync(cancellationToken);
            }

            if ((await flushing).IsCompleted)
                throw Broken();
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // A client whose cable is unplugged cannot tell the server that it has gone.
            if (!Volatile.Read(ref _discards))
                EndWriting(null);
            _cut.Cancel();
            disposed();
        }

        base.Dispose(disposing);
    }

    private static IOException Broken() => new("The connection was reset.");

    private Task? Paused()
    {
        lock (_gate)
            return _paused?.Task;
    }

    private void EndWriting(Exception? error)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
            toServer.Writer.Complete(error);
        }
    }

    private async ValueTask<ReadResult> WaitAsync(CancellationToken cancellationToken)
    {
        var reading = fromServer.Reader.ReadAsync(cancellationToken);
        if (reading.IsCompleted)
            return await reading;
        Volatile.Write(ref _waitsAt, _read);
        try
        {
            return await reading;
        }
        finally
        {
            Volatile.Write(ref _waitsAt, -1);
        }
    }

    private int Take(ReadResult result, Memory<byte> buffer)
    {
        var part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
        var length = (int)part.Length; // the buffer must not be used after it was advanced
        part.CopyTo(buffer.Span);
        _read += length;
        fromServer.Reader.AdvanceTo(part.End);
        return length;
    }
}
