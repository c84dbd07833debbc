using System.Buffers;
using System.Runtime.CompilerServices;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Reads the messages of one connection and sends them to its actor; messages that arrive together are sent as one batch. Stops reading when the credit of the
/// connection is used up. Makes no decisions about messages.
/// </summary>
internal sealed class ReceiveLoop(Stream stream, Connection connection)
{
    private const int InputSize = 4096; // the usual size of the buffers of the connection
    private const int LargeInputSize = 32 * 1024; // used while a read fills the buffer
    private const int MaxMessages = 32; // messages that are sent to the actor in one batch

    private readonly FrameReader _reader = new(connection.Endpoint.Settings.Connection.MaxMessageSize, connection.Endpoint.Settings.Connection.MaxFragments);
    private ClientMessage? _first;
    private ClientMessage? _last;
    private int _count;
    private int _controlFrames;
    private long _controlFramesSince;

    private enum Next
    {
        /// <summary>All input has been read: continue with the next read.</summary>
        Input,

        /// <summary>The credit is used up: wait for room.</summary>
        Credit,

        /// <summary>The client has closed the connection: stop.</summary>
        Stop,
    }

    /// <summary>The close code so far: that of a violation, or that of the client's close frame; 1006 when there is neither.</summary>
    public int CloseCode { get; private set; } = CloseMessage.NoClose;

    /// <summary>Runs until the client has closed the connection or the connection has ended.</summary>
    /// <param name="aborted">
    /// Canceled when the client is gone. It ends a wait for room but not a read, because data that the client sent before, such as its close frame, can still be
    /// read. The read then fails by itself.
    /// </param>
    public async Task RunAsync(CancellationToken aborted)
    {
        try
        {
            var size = InputSize;
            while (true)
            {
                // A read with an empty buffer completes when data is available, so an idle connection holds no buffer.
                await new FlushBeforeAwait(this, stream.ReadAsync(Memory<byte>.Empty, default));
                var input = ArrayPool<byte>.Shared.Rent(size);
                try
                {
                    var count = await new FlushBeforeAwait(this, stream.ReadAsync(input, default));
                    if (count == 0)
                        return;
                    size = count == input.Length ? LargeInputSize : InputSize;
                    connection.Activity.NoteReceived();
                    for (var at = 0; Process(input.AsSpan(0, count), ref at) is not Next.Input and var next;)
                    {
                        if (next == Next.Stop)
                            return;
                        FlushToActor();
                        await connection.Inbox.WaitForRoomAsync().WaitAsync(aborted);
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

    // Processes the input until it or the credit is used up.
    private Next Process(ReadOnlySpan<byte> input, ref int at)
    {
        while (true)
        {
            var outcome = _reader.Read(input[at..], out var consumed);
            at += consumed;
            switch (outcome)
            {
                case ReadOutcome.Text or ReadOutcome.Binary:
                    connection.Activity.EndReceiving();
                    Add(TakeMessage(isBinary: outcome == ReadOutcome.Binary));
                    if (!connection.Inbox.MayRead)
                        return Next.Credit;
                    break;
                case ReadOutcome.Ping when ExceedsControlFrameLimit():
                case ReadOutcome.Pong when ExceedsControlFrameLimit():
                    _reader.Fail(FrameViolation.TooManyControlFrames);
                    Fail();
                    break;
                case ReadOutcome.Ping:
                    connection.Outbox.AddPong(_reader.TakePong());
                    break;
                case ReadOutcome.Violation:
                    Fail();
                    break;
                case ReadOutcome.Close:
                    // After a violation, this frame only answers our close frame.
                    if (_reader.Violation is null)
                        CloseCode = _reader.CloseCode;
                    return Next.Stop;
                case ReadOutcome.NeedsMore:
                    NoteProgress();
                    return Next.Input;
                default:
                    break;
            }
        }
    }

    // Records for the sweep whether a message is incomplete, because each message has to be complete within a timeout. The time starts now and not at the last read,
    // because the processing may have waited for credit in between, which is not the client's fault.
    private void NoteProgress()
    {
        if (_reader.IsBetweenMessages)
            connection.Activity.EndReceiving();
        else
            connection.Activity.BeginReceiving();
    }

    // Control frames use no credit and no message rate, because WebSocket libraries send them automatically. Therefore they have a separate limit.
    private bool ExceedsControlFrameLimit()
    {
        if (connection.Endpoint.Clock.GetElapsedTime(_controlFramesSince, connection.Activity.ReceivedAt) >= TimeSpan.FromSeconds(1))
        {
            _controlFramesSince = connection.Activity.ReceivedAt;
            _controlFrames = 0;
        }

        return ++_controlFrames > connection.Endpoint.Settings.Limits.ControlFramesPerSecond;
    }

    // Reading continues until the client closes, without keeping the data, because a client that still sends might otherwise not receive the close frame.
    private void Fail()
    {
        var violation = _reader.Violation!;
        CloseCode = (int)violation.Code;
        connection.Endpoint.LogClosing(connection, violation.Reason);
        FlushToActor();
        connection.Close(violation.Code, violation.Reason);
    }

    private ClientMessage TakeMessage(bool isBinary)
    {
        var payload = _reader.TakeMessage(out var length);
        return isBinary ? new BinaryMessage(connection, payload, length) : new TextMessage(connection, payload, length);
    }

    private void Add(ClientMessage message)
    {
        connection.Inbox.TakeCredit(message.Length);
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
        connection.Mailbox.Tell(_first);
        _first = _last = null;
        _count = 0;
    }

    /// <summary>
    /// Awaits the next data. Before that, it runs the work that the last messages cause on this thread, because they must not wait for the next message, which may be
    /// slow. The continuation is registered first, so that reading continues even if a function blocks the thread.
    /// </summary>
    private readonly struct FlushBeforeAwait(ReceiveLoop loop, ValueTask<int> arriving) : ICriticalNotifyCompletion
    {
        private readonly ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _arriving = arriving.ConfigureAwait(false).GetAwaiter();

        public bool IsCompleted => _arriving.IsCompleted;

        public FlushBeforeAwait GetAwaiter() => this;

        public int GetResult() => _arriving.GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            // After the continuation is registered, the loop may run on another thread, so its state must not be used any more.
            using (Cascade.Open())
            {
                loop.FlushToActor();
                _arriving.UnsafeOnCompleted(continuation);
            }
        }
    }
}
