using System.Buffers;
using System.IO.Pipelines;

namespace Pikku.Akka.Testing;

/// <summary>
/// The server's end of a <see cref="PikkuTestLink"/>. It counts what the server reads and writes, and shows whether the server waits for bytes, so that a test can
/// wait until everything that a client sent has been read. The pipes below are those of .NET; their bounds are the send and receive buffers of a real connection.
/// </summary>
internal sealed class ServerPipe(Pipe fromClient, Pipe toClient) : IDuplexPipe
{
    private readonly ReadingEnd _input = new(fromClient.Reader);
    private readonly WritingEnd _output = new(toClient.Writer);

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    /// <summary>The number of bytes that the server has seen while it waits for more; null while it does not wait.</summary>
    public long? WaitsAt => _input.WaitsAt;

    /// <summary>The number of bytes that the server has written.</summary>
    public long Written => _output.Written;

    /// <summary>Ends the direction to the client: the server's writes complete, and their bytes are lost.</summary>
    public void CutOutput() => _output.Cut();

    private sealed class ReadingEnd(PipeReader inner) : PipeReader
    {
        private long _consumed;
        private long _waitsAt = -1;
        private ReadOnlySequence<byte> _buffer;

        public long? WaitsAt => Volatile.Read(ref _waitsAt) is var at and >= 0 ? at : null;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var seen = _consumed + _buffer.Length;
            var reading = inner.ReadAsync(cancellationToken);
            if (reading.IsCompleted)
                return Note(await reading);
            Volatile.Write(ref _waitsAt, seen);
            try
            {
                return Note(await reading);
            }
            finally
            {
                Volatile.Write(ref _waitsAt, -1);
            }
        }

        public override bool TryRead(out ReadResult result)
        {
            var read = inner.TryRead(out result);
            if (read)
                Note(result);
            return read;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _consumed += _buffer.Slice(0, consumed).Length;
            _buffer = _buffer.Slice(consumed);
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        private ReadResult Note(ReadResult result)
        {
            _buffer = result.Buffer;
            return result;
        }
    }

    private sealed class WritingEnd(PipeWriter inner) : PipeWriter
    {
        private long _written;
        private bool _cut;

        public long Written => Volatile.Read(ref _written);

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public void Cut()
        {
            Volatile.Write(ref _cut, true);
            inner.CancelPendingFlush();
        }

        public override void Advance(int bytes)
        {
            Interlocked.Add(ref _written, bytes);
            inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (Volatile.Read(ref _cut))
                return new FlushResult(isCanceled: false, isCompleted: true);
            var result = await inner.FlushAsync(cancellationToken);
            return Volatile.Read(ref _cut) ? new FlushResult(isCanceled: false, isCompleted: true) : result;
        }
    }
}
