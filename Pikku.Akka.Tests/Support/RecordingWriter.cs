using System.Buffers.Binary;
using System.Threading.Channels;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Tests.Support;

/// <summary>Writes an outbox to memory, at once or on demand, like the writer of a socket.</summary>
/// <param name="outbox">The outbox; attach the writer to it.</param>
/// <param name="stalled">True to write nothing until <see cref="Drain"/>, like a client that does not read.</param>
internal sealed class RecordingWriter(Outbox outbox, bool stalled = false) : IOutboxWriter
{
    private readonly Channel<SentFrame> _unread = System.Threading.Channels.Channel.CreateUnbounded<SentFrame>();
    private int _wakes;
    private int _hurries;

    /// <summary>The number of wake-ups.</summary>
    public int Wakes => Volatile.Read(ref _wakes);

    /// <summary>The number of requests to begin at once.</summary>
    public int Hurries => Volatile.Read(ref _hurries);

    /// <summary>True after the outbox has reported its end.</summary>
    public bool Ended { get; private set; }

    public void Wake()
    {
        Interlocked.Increment(ref _wakes);
        if (!stalled)
            Drain();
    }

    public void Hurry() => Interlocked.Increment(ref _hurries);

    /// <summary>Takes everything that waits, until the outbox is empty.</summary>
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

    // Frames of a long queue are packed into one array.
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

    /// <summary>The next unread frame.</summary>
    public async Task<SentFrame> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        return await _unread.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>The text of the next unread frame.</summary>
    public async Task<string> NextTextAsync() => (await NextAsync()).Text;

    /// <summary>All unread frames.</summary>
    public List<SentFrame> Unread()
    {
        var frames = new List<SentFrame>();
        while (_unread.Reader.TryRead(out var frame))
            frames.Add(frame);
        return frames;
    }
}
