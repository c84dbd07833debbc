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

    /// <summary>How often it was woken.</summary>
    public int Wakes => Volatile.Read(ref _wakes);

    /// <summary>True once the outbox has said that nothing more comes.</summary>
    public bool Ended { get; private set; }

    public void Wake()
    {
        Interlocked.Increment(ref _wakes);
        if (!stalled)
            Drain();
    }

    /// <summary>Takes everything that waits, until the outbox says that nothing does.</summary>
    public void Drain()
    {
        var frames = new List<OutboundFrame>();
        bool ended;
        while (outbox.TryTake(frames, out ended))
        {
            foreach (var frame in frames)
            {
                _unread.Writer.TryWrite(new SentFrame(frame.Memory.ToArray()));
                frame.Return();
            }

            frames.Clear();
        }

        Ended |= ended;
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
