using System.Buffers.Binary;
using System.Threading.Channels;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Tests.Support;

/// <summary>Empties an outbox into memory, at once or when told to, as the writer of a socket does.</summary>
/// <param name="outbox">The outbox; the writer has to be attached to it.</param>
/// <param name="stalled">True to leave everything where it is until <see cref="Drain"/>: a client that does not read.</param>
internal sealed class RecordingWriter(Outbox outbox, bool stalled = false) : IOutboxWriter
{
    private readonly Channel<SentFrame> _unread = System.Threading.Channels.Channel.CreateUnbounded<SentFrame>();
    private int _wakes;
    private int _hurries;

    /// <summary>How often it was woken.</summary>
    public int Wakes => Volatile.Read(ref _wakes);

    /// <summary>How often it was asked to begin at once.</summary>
    public int Hurries => Volatile.Read(ref _hurries);

    /// <summary>True once the outbox has said that nothing more comes.</summary>
    public bool Ended { get; private set; }

    public void Wake()
    {
        Interlocked.Increment(ref _wakes);
        if (!stalled)
            Drain();
    }

    public void Hurry() => Interlocked.Increment(ref _hurries);

    /// <summary>Takes everything that waits, until the outbox says that nothing does.</summary>
    public void Drain()
    {
        var frames = new List<OutboundFrame>();
        bool ended;
        while (outbox.TryTake(frames, out ended))
        {
            foreach (var frame in frames)
            {
                foreach (var one in Unpacked(frame.Span))
                    _unread.Writer.TryWrite(one);
                frame.Return();
            }

            frames.Clear();
        }

        Ended |= ended;
    }

    // Frames that waited for long come packed into one array.
    private static List<SentFrame> Unpacked(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<SentFrame>();
        while (!bytes.IsEmpty)
        {
            var length = (bytes[1] & 0x7F) switch
            {
                126 => 4 + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
                127 => 10 + (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
                var small => 2 + small,
            };
            frames.Add(new SentFrame(bytes[..length].ToArray()));
            bytes = bytes[length..];
        }

        return frames;
    }

    /// <summary>The next frame that was not read yet.</summary>
    public async Task<SentFrame> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        return await _unread.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>The text of the next frame that was not read yet.</summary>
    public async Task<string> NextTextAsync() => (await NextAsync()).Text;

    /// <summary>Everything that has been taken and not read yet.</summary>
    public List<SentFrame> Unread()
    {
        var frames = new List<SentFrame>();
        while (_unread.Reader.TryRead(out var frame))
            frames.Add(frame);
        return frames;
    }
}
