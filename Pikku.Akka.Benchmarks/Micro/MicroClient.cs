using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>Replaces a socket. Sends bursts to the actor of the connection as the receive loop does, each after the previous one is answered.</summary>
internal sealed class MicroClient : IConnectionTransport, IThreadPoolWorkItem
{
    private readonly List<EncodedMessage> _taken = [];
    private readonly ManualResetEventSlim _answered = new();
    private byte[] _message = [];
    private int _burst;
    private int _toSend;
    private int _awaited;

    public MicroClient(Func<IConnectionTransport, Connection> connect)
    {
        Channel = connect(this);
    }

    public Connection Channel { get; }

    /// <summary>Called with the number of frames that were received while nothing is awaited.</summary>
    public Action<int>? FramesReceived { get; set; }

    public string Kind => "micro";

    public void Start(Outbox outbox, ITransportReport report) { }

    public void Write() => Cascade.RunLast(this);

    // Receives only what is in the outbox at the end of a cascade.
    public void WriteNow() { }

    public void Ping() { }

    public void Abort() { }

    /// <summary>Sends a message a number of times, in bursts, and returns when all are answered.</summary>
    public void Run(byte[] message, int count, int burst)
    {
        _message = message;
        _burst = burst;
        _toSend = count - burst;
        _awaited = burst;
        _answered.Reset();
        SendBurst();
        if (!_answered.Wait(TimeSpan.FromSeconds(30)))
            throw new InvalidOperationException("A reply is missing.");
    }

    /// <summary>A message as the receive loop makes it.</summary>
    public static TextMessage Read(Connection channel, byte[] message)
    {
        var buffer = MessageBuffers.Rent(Math.Max(message.Length, MessageBuffers.UsualSize));
        message.CopyTo(buffer, 0);
        return new TextMessage(channel, buffer, message.Length);
    }

    public void Execute()
    {
        while (Channel.Outbox.TryTake(_taken, out _))
        {
            FramesReceived?.Invoke(_taken.Count);
            _awaited -= _taken.Count;
            foreach (var message in _taken)
                message.Return();
            _taken.Clear();
        }

        if (_awaited > 0 || FramesReceived is not null)
            return;
        if (_toSend == 0)
        {
            _answered.Set();
            return;
        }

        _toSend -= _burst;
        _awaited = _burst;
        SendBurst();
    }

    private void SendBurst()
    {
        ClientMessage? first = null, last = null;
        for (var i = 0; i < _burst; i++)
        {
            var message = Read(Channel, _message);
            Channel.Inbox.TakeCredit(_message.Length);
            first ??= message;
            if (last is not null)
                last.Next = message;
            last = message;
        }

        Channel.Mailbox.Tell(first!);
    }
}
