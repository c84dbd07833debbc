using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Reads the frames of one socket and hands them to the connection's actor, those of one burst as one message. Reads no further than the
/// credit of the connection lets it. Makes no decision about a message.
/// </summary>
internal sealed class ReceiveLoop(WebSocket socket, LocalChannel channel, InboxCredit credit)
{
    private const int MaxBurst = 32; // messages that cross to the actor together
    private const int NoCloseFrame = 1006; // RFC 6455 §7.1.5

    private readonly int _maxMessage = channel.Runtime.Settings.Connection.MaxMessageSize;
    private Exchange? _first;
    private Exchange? _last;
    private int _burst;

    /// <summary>Runs until the socket has ended.</summary>
    /// <param name="aborted">
    /// Fires when the client has gone. It ends the waiting for room and no read: what the client sent before it went is still there, its
    /// close frame perhaps, and the read fails by itself behind it.
    /// </param>
    /// <returns>The close code of the client; 1006 when it sent none.</returns>
    public async Task<int> RunAsync(CancellationToken aborted)
    {
        try
        {
            while (true)
            {
                if (!credit.MayRead)
                {
                    Hand();
                    await credit.WaitForRoom().WaitAsync(aborted);
                }

                if (await ReceiveAsync() is { } closeCode)
                    return closeCode;
            }
        }
        finally
        {
            Hand();
        }
    }

    // One message into the burst. The close code when the client closes; null to go on.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // one is made for each message of each socket
    private async ValueTask<int?> ReceiveAsync()
    {
        var buffer = MessageBuffers.Rent(MessageBuffers.UsualSize);
        var length = 0;
        try
        {
            ValueWebSocketReceiveResult result;
            do
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer, length);
                var reading = socket.ReceiveAsync(Free(buffer, length), default);
                // What came before must not wait for this one, nor for the rest of it, when its sender is slow with it.
                result = reading.IsCompleted ? await reading : await new HandingOver(this, reading);
                if (result.MessageType == WebSocketMessageType.Close)
                    return CloseCode();
                length += result.Count;
                if (length > _maxMessage)
                    return await DiscardAsync();
            }
            while (!result.EndOfMessage);

            Add(Exchange.OfFrame(channel, result.MessageType == WebSocketMessageType.Binary, buffer, length));
            buffer = null;
            return null;
        }
        finally
        {
            if (buffer is not null)
                MessageBuffers.Return(buffer);
        }
    }

    // The close frame can only reach a client whose data is taken off the wire: read on until the client closes, and keep nothing.
    private async Task<int> DiscardAsync()
    {
        Hand();
        channel.Close(Pikku.Akka.CloseCode.MessageTooBig, "message too big");
        var scratch = MessageBuffers.Rent(MessageBuffers.UsualSize);
        try
        {
            while ((await socket.ReceiveAsync(scratch.AsMemory(), default)).MessageType != WebSocketMessageType.Close)
            {
            }

            return CloseCode();
        }
        finally
        {
            MessageBuffers.Return(scratch);
        }
    }

    // The framework fills what it gets, and the pool gives more than it is asked for: one byte above the limit is enough to know.
    private Memory<byte> Free(byte[] buffer, int length) => buffer.AsMemory(length, Math.Min(buffer.Length, _maxMessage + 1) - length);

    private byte[] Grow(byte[] buffer, int length)
    {
        var larger = MessageBuffers.Rent(Math.Min(buffer.Length * 4, _maxMessage + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        MessageBuffers.Return(buffer);
        return larger;
    }

    private void Add(Exchange exchange)
    {
        credit.Take(exchange.Frame.Length);
        if (_last is null)
            _first = exchange;
        else
            _last.Next = exchange;
        _last = exchange;
        if (++_burst == MaxBurst)
            Hand();
    }

    private void Hand()
    {
        if (_first is null)
            return;
        channel.Owner.Tell(new ConnectionProtocol.Received(_first, _burst), ActorRefs.NoSender);
        _first = _last = null;
        _burst = 0;
    }

    private int CloseCode() => (int?)socket.CloseStatus ?? NoCloseFrame;

    /// <summary>
    /// Waits for the next message, and meanwhile lends the thread to what the last ones cause. In this order: reading goes on although a
    /// function may block the thread.
    /// </summary>
    private readonly struct HandingOver(ReceiveLoop loop, ValueTask<ValueWebSocketReceiveResult> arriving) : ICriticalNotifyCompletion
    {
        private readonly ConfiguredValueTaskAwaitable<ValueWebSocketReceiveResult>.ConfiguredValueTaskAwaiter _arriving = arriving.ConfigureAwait(false).GetAwaiter();

        public bool IsCompleted => false;

        public HandingOver GetAwaiter() => this;

        public ValueWebSocketReceiveResult GetResult() => _arriving.GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            // Nothing of the loop may be touched once it goes on.
            using (Cascade.Open())
            {
                loop.Hand();
                _arriving.UnsafeOnCompleted(continuation);
            }
        }
    }
}
