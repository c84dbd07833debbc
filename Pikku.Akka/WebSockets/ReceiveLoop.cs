using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Reads the messages of one connection and sends them to its actor; messages that arrive together are sent as one batch. Stops reading when the credit of the
/// connection is used up. Makes no decisions about messages.
/// </summary>
/// <remarks>
/// The frames are parsed in the memory of the pipe, and the payload of a message is copied once, into its own buffer. The pipe holds no memory while nothing has arrived,
/// so an idle connection has no buffer.
/// </remarks>
/// <param name="input">The bytes of the client.</param>
/// <param name="connection">The connection.</param>
/// <param name="mayCompress">True when the client may compress messages.</param>
internal sealed class ReceiveLoop(PipeReader input, Connection connection, bool mayCompress = false)
{
    private const int MaxMessages = 32; // messages that are sent to the actor in one batch

    private readonly FrameReader _reader = new(
        connection.Endpoint.Settings.Connection.MaxMessageSize, connection.Endpoint.Settings.Connection.MaxFragments, mayCompress);
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
            while (true)
            {
                var arrived = await new FlushBeforeAwait(this, input.ReadAsync(CancellationToken.None));
                if (!arrived.Buffer.IsEmpty)
                {
                    connection.Activity.NoteReceived();
                    connection.Endpoint.CountReceived(connection.Transport, arrived.Buffer);
                    var unread = arrived.Buffer;
                    var next = Process(ref unread);
                    if (next == Next.Credit)
                        next = await ContinueWithCreditAsync(unread, aborted);
                    input.AdvanceTo(arrived.Buffer.End);
                    if (next == Next.Stop)
                        return;
                }
                else
                {
                    input.AdvanceTo(arrived.Buffer.End);
                }

                if (arrived.IsCompleted)
                    return;
            }
        }
        finally
        {
            FlushToActor();
            _reader.Dispose();
        }
    }

    // A separate method, so that the state of the loop, which every idle connection has, does not contain that of the wait. The memory of the pipe is kept during the wait:
    // what the client sends fills the pipe, and then TCP stops the client.
    private async ValueTask<Next> ContinueWithCreditAsync(ReadOnlySequence<byte> unread, CancellationToken aborted)
    {
        Next next;
        do
        {
            FlushToActor();
            await connection.Inbox.WaitForRoomAsync().WaitAsync(aborted);
        }
        while ((next = Process(ref unread)) == Next.Credit);
        return next;
    }

    // Processes the bytes until they or the credit are used up, and removes the processed bytes.
    private Next Process(ref ReadOnlySequence<byte> unread)
    {
        var position = unread.Start;
        while (unread.TryGet(ref position, out var segment))
        {
            var at = 0;
            if (Process(segment.Span, ref at) is not Next.Input and var next)
            {
                unread = unread.Slice(at);
                return next;
            }

            unread = unread.Slice(position.GetObject() is null ? unread.End : position);
        }

        NoteProgress();
        return Next.Input;
    }

    // Processes a part of the bytes until it or the credit is used up.
    private Next Process(ReadOnlySpan<byte> part, ref int at)
    {
        while (true)
        {
            var outcome = _reader.Read(part[at..], out var consumed);
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
    private readonly struct FlushBeforeAwait(ReceiveLoop loop, ValueTask<ReadResult> arriving) : ICriticalNotifyCompletion
    {
        private readonly ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _arriving = arriving.ConfigureAwait(false).GetAwaiter();

        public bool IsCompleted => _arriving.IsCompleted;

        public FlushBeforeAwait GetAwaiter() => this;

        public ReadResult GetResult() => _arriving.GetResult();

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
