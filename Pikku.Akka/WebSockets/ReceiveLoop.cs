using System.Buffers;
using System.Runtime.CompilerServices;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Reads the messages of one connection and hands them to its actor, those of one burst as one message. Reads no further than the credit of
/// the connection lets it. Makes no decision about a message.
/// </summary>
internal sealed class ReceiveLoop(Stream connection, Connection channel)
{
    private const int InputSize = 4096; // what the connection's own buffers hold at a time
    private const int LargeInputSize = 32 * 1024; // while more than that comes at a time
    private const int MaxMessages = 32; // messages that cross to the actor together
    private const int NoCloseFrame = 1006; // RFC 6455 §7.1.5

    private readonly FrameReader _reader = new(channel.Endpoint.Settings.Connection.MaxMessageSize, channel.Endpoint.Settings.Connection.MaxFragments);
    private ClientMessage? _first;
    private ClientMessage? _last;
    private int _count;
    private int _controlFrames;
    private long _controlFramesSince;

    private enum Next
    {
        /// <summary>The input is used up.</summary>
        Input,

        /// <summary>So is the credit.</summary>
        Credit,

        /// <summary>The client has closed.</summary>
        Nothing,
    }

    /// <summary>What the connection has ended with so far: the code of what the client broke, or of its close frame; 1006 without either.</summary>
    public int CloseCode { get; private set; } = NoCloseFrame;

    /// <summary>Runs until the client has closed or ended the connection.</summary>
    /// <param name="aborted">
    /// Fires when the client has gone. It ends the waiting for room and no read: what the client sent before it went is still there, its
    /// close frame perhaps, and the read fails by itself behind it.
    /// </param>
    public async Task RunAsync(CancellationToken aborted)
    {
        try
        {
            var size = InputSize;
            while (true)
            {
                // Completes when there is something: an idle connection holds no buffer.
                await new HandingOver(this, connection.ReadAsync(Memory<byte>.Empty, default));
                var input = ArrayPool<byte>.Shared.Rent(size);
                try
                {
                    var count = await new HandingOver(this, connection.ReadAsync(input, default));
                    if (count == 0)
                        return;
                    size = count == input.Length ? LargeInputSize : InputSize;
                    channel.Activity.NoteReceived();
                    for (var at = 0; Process(input.AsSpan(0, count), ref at) is not Next.Input and var next;)
                    {
                        if (next == Next.Nothing)
                            return;
                        FlushToActor();
                        await channel.Inbox.WaitForRoomAsync().WaitAsync(aborted);
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(input);
                }
            }
        }
        finally
        {
            FlushToActor();
            _reader.Dispose();
        }
    }

    // What has been read, as far as the credit goes.
    private Next Process(ReadOnlySpan<byte> input, ref int at)
    {
        while (true)
        {
            var outcome = _reader.Read(input[at..], out var consumed);
            at += consumed;
            switch (outcome)
            {
                case ReadOutcome.Text or ReadOutcome.Binary:
                    channel.Activity.EndReceiving();
                    Add(TakeMessage(isBinary: outcome == ReadOutcome.Binary));
                    if (!channel.Inbox.MayRead)
                        return Next.Credit;
                    break;
                case ReadOutcome.Ping when IsControlFrameTooMany():
                case ReadOutcome.Pong when IsControlFrameTooMany():
                    _reader.Fail(FrameViolation.TooManyControlFrames);
                    Fail();
                    break;
                case ReadOutcome.Ping:
                    channel.Outbox.AddPong(_reader.TakePong());
                    break;
                case ReadOutcome.Violation:
                    Fail();
                    break;
                case ReadOutcome.Close:
                    // After a violation it is the client's answer.
                    if (_reader.Violation is null)
                        CloseCode = _reader.CloseCode;
                    return Next.Nothing;
                case ReadOutcome.NeedsMore:
                    NoteProgress();
                    return Next.Input;
                default:
                    break;
            }
        }
    }

    // The sweep looks at it: a message has to end some time after it began. By now its beginning may have waited for credit, which is not
    // the client's doing, so the time of the last read is not what counts.
    private void NoteProgress()
    {
        if (_reader.IsBetweenMessages)
            channel.Activity.EndReceiving();
        else
            channel.Activity.BeginReceiving();
    }

    // They cost no credit and no rate, since the client's library sends them by itself; so they have a limit of their own.
    private bool IsControlFrameTooMany()
    {
        if (channel.Endpoint.Clock.GetElapsedTime(_controlFramesSince, channel.Activity.ReceivedAt) >= TimeSpan.FromSeconds(1))
        {
            _controlFramesSince = channel.Activity.ReceivedAt;
            _controlFrames = 0;
        }

        return ++_controlFrames > channel.Endpoint.Settings.Limits.ControlFramesPerSecond;
    }

    // The close frame can only reach a client whose data is taken off the wire: what comes until the client closes is read, and not kept.
    private void Fail()
    {
        var violation = _reader.Violation!;
        CloseCode = (int)violation.Code;
        channel.Endpoint.LogClosing(channel, violation.Reason);
        FlushToActor();
        channel.Close(violation.Code, violation.Reason);
    }

    private ClientMessage TakeMessage(bool isBinary)
    {
        var payload = _reader.TakeMessage(out var length);
        return isBinary ? new BinaryMessage(channel, payload, length) : new TextMessage(channel, payload, length);
    }

    private void Add(ClientMessage message)
    {
        channel.Inbox.TakeCredit(message.Length);
        if (_last is null)
            _first = message;
        else
            _last.Next = message;
        _last = message;
        if (++_count == MaxMessages)
            FlushToActor();
    }

    private void FlushToActor()
    {
        if (_first is null)
            return;
        channel.Mailbox.Tell(_first);
        _first = _last = null;
        _count = 0;
    }

    /// <summary>
    /// Waits for what comes next, and meanwhile lends the thread to what the last messages cause: they must not wait for the next one, nor
    /// for the rest of it when its sender is slow with it. In this order: reading goes on although a function may block the thread.
    /// </summary>
    private readonly struct HandingOver(ReceiveLoop loop, ValueTask<int> arriving) : ICriticalNotifyCompletion
    {
        private readonly ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _arriving = arriving.ConfigureAwait(false).GetAwaiter();

        public bool IsCompleted => _arriving.IsCompleted;

        public HandingOver GetAwaiter() => this;

        public int GetResult() => _arriving.GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            // Nothing of the loop may be touched once it goes on.
            using (Cascade.Open())
            {
                loop.FlushToActor();
                _arriving.UnsafeOnCompleted(continuation);
            }
        }
    }
}
