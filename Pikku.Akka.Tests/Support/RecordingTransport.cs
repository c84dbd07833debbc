using System.Threading.Channels;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Tests.Support;

/// <summary>Empties an outbox into memory, at once or when told to, as the transport of a connection does.</summary>
/// <param name="stalled">True to leave everything where it is until <see cref="Drain"/>: a client that does not read.</param>
internal sealed class RecordingTransport(bool stalled = false) : IConnectionTransport
{
    private readonly Channel<SentMessage> _unread = System.Threading.Channels.Channel.CreateUnbounded<SentMessage>();
    private Outbox _outbox = null!;
    private int _wakes;
    private int _hurries;

    /// <summary>How often it was woken.</summary>
    public int Wakes => Volatile.Read(ref _wakes);

    /// <summary>How often it was asked to begin at once.</summary>
    public int Hurries => Volatile.Read(ref _hurries);

    /// <summary>What cutting the client off does; by default nothing.</summary>
    public Action Aborting { get; set; } = () => { };

    /// <summary>True once the outbox has said that nothing more comes.</summary>
    public bool Ended { get; private set; }

    public string Kind => "recording";

    public void Start(Outbox outbox, ITransportReport report) => _outbox = outbox;

    public void Write()
    {
        Interlocked.Increment(ref _wakes);
        if (!stalled)
            Drain();
    }

    public void WriteNow() => Interlocked.Increment(ref _hurries);

    public void Ping() => _outbox.Add(EncodedMessage.Ping);

    public void Abort() => Aborting();

    /// <summary>Takes everything that waits, until the outbox says that nothing does.</summary>
    public void Drain()
    {
        var taken = new List<EncodedMessage>();
        bool ended;
        while (_outbox.TryTake(taken, out ended))
        {
            foreach (var message in taken)
                _unread.Writer.TryWrite(new SentMessage(message.Kind, message.Span.ToArray()));
            foreach (var message in taken)
                message.Return();
            taken.Clear();
        }

        Ended |= ended;
    }

    /// <summary>The next message that was not read yet.</summary>
    public async Task<SentMessage> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        return await _unread.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>The text of the next message that was not read yet.</summary>
    public async Task<string> NextTextAsync() => (await NextAsync()).Text;

    /// <summary>Everything that has been taken and not read yet.</summary>
    public List<SentMessage> Unread()
    {
        var messages = new List<SentMessage>();
        while (_unread.Reader.TryRead(out var message))
            messages.Add(message);
        return messages;
    }
}
