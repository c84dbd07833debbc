namespace Pikku.Akka.Benchmarks.Peers.Pipe;

/// <summary>
/// The output of one connection. Frames are copied into a pending buffer, which one writer at a time drains, so that everything which
/// accumulates
/// during a write is sent in the next write.
/// </summary>
internal sealed class PipeOutput(Stream stream)
{
    private readonly Lock _gate = new();
    private byte[] _pending = new byte[1024];
    private byte[] _writing = new byte[1024];
    private int _length;
    private bool _busy;

    /// <summary>Adds a frame. <see cref="Kick"/> sends it, unless a write in progress includes it.</summary>
    public void Enqueue(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (_pending.Length - _length < frame.Length)
                Array.Resize(ref _pending, Math.Max(_pending.Length * 2, _length + frame.Length));
            frame.CopyTo(_pending.AsSpan(_length));
            _length += frame.Length;
        }
    }

    public void Kick()
    {
        lock (_gate)
        {
            if (_busy || _length == 0)
                return;
            _busy = true;
        }

        Drain();
    }

    private void Drain()
    {
        while (true)
        {
            int length;
            lock (_gate)
            {
                if (_length == 0)
                {
                    _busy = false;
                    return;
                }

                (_pending, _writing) = (_writing, _pending);
                length = _length;
                _length = 0;
            }

            var write = stream.WriteAsync(_writing.AsMemory(0, length));
            if (write.IsCompletedSuccessfully)
                continue;
            _ = DrainAfter(write);
            return;
        }
    }

    private async Task DrainAfter(ValueTask write)
    {
        try
        {
            await write;
        }
        catch (Exception)
        {
            return; // The client is gone. The output stays busy, so that nobody writes again.
        }

        Drain();
    }
}
