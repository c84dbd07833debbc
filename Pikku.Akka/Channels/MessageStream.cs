using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Channels;

/// <summary>
/// The stream with which a message is answered (R1). With its first item the message leaves its turn and with it the in-flight window (R2): later messages
/// begin, and the deadline no longer applies. From then on the run of the message and the connection's actor share it.
/// </summary>
/// <remarks>
/// The run, which sends items and at the end <c>done</c>, races with the connection's actor, which ends the stream with an error: the client cancels it (R3), or the
/// node drains. Both do their part under one lock: an item is added to the output only while the stream is open, and the end is claimed once. Therefore no item
/// comes after the end, and the client receives one end. No code of the application runs under the lock.
/// </remarks>
/// <param name="message">The message.</param>
internal sealed class MessageStream(TextMessage message) : IItemSink
{
    private readonly Lock _gate = new();
    private ReplyEnvelope? _envelope;
    private bool _isClosed;

    /// <summary>The parts of the replies other than their payload, copied before the buffer of the message is released; null before the first item.</summary>
    public ReplyEnvelope? Envelope => Volatile.Read(ref _envelope);

    /// <summary>True from the first item on.</summary>
    public bool IsDetached => Envelope is not null;

    /// <summary>The time at which the stream was ended although its function still ran; 0 when it was not. Only the connection's actor uses it.</summary>
    public long EndedAt { get; set; }

    private Connection Connection => message.Connection;

    public async ValueTask WaitForRoomAsync()
    {
        ThrowIfClosed();
        await Connection.Outbox.ReserveAsync(message.Cancellation).ConfigureAwait(false);
        Connection.Outbox.Release();
    }

    public async ValueTask SendAsync(object? item)
    {
        var isFirst = !IsDetached;
        if (isFirst) // the function actor must not run the rest of the stream
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

        var encoded = Connection.Endpoint.EncodeItem(message, item);
        try
        {
            await Connection.Outbox.ReserveAsync(message.Cancellation).ConfigureAwait(false);
        }
        catch
        {
            Return(encoded);
            throw;
        }

        try
        {
            var passing = Post(encoded, isFirst);
            if (isFirst)
                LeaveTurn(); // after the item: a reply of a later message comes behind it
            Connection.Activity.NoteUsed();
            await passing.WaitAsync(Connection.Closed).ConfigureAwait(false);
        }
        finally
        {
            Connection.Outbox.Release();
        }
    }

    /// <summary>Ends the stream with an error. The function of the message may still run; the caller cancels it.</summary>
    /// <returns>False when the stream has not begun or has ended.</returns>
    public bool TryEnd(PikkuException error)
    {
        if (!IsDetached || !TryClose())
            return false;
        message.AnswerEnded(error);
        message.PostReply();
        Connection.Outbox.Watch?.StreamEnded(message);
        return true;
    }

    /// <summary>Called when the run of the message has ended. The reply does not wait for the services, because no other message waits for it.</summary>
    public async Task CompleteAsync()
    {
        // A function that ends because its connection has ended has not failed.
        if (TryClose() && (Connection.IsOpen || message.Error is not OperationCanceledException))
        {
            message.AnswerStream();
            Connection.Outbox.Watch?.StreamEnded(message);
        }

        message.EndSpan();
        try
        {
            if (message.CloseServices() is { } services)
                await message.DisposeAsync(services).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Connection.Endpoint.LogServicesNotDisposed(message.Label, Connection.Id, e);
        }

        Connection.Endpoint.CountStream(-1);
        message.ReleaseSlot();
        Connection.Mailbox.Tell(new ChannelProtocol.StreamEnded(message));
    }

    private static OperationCanceledException EndedException() => new("The stream has ended.");

    private static void Return(in OutboundItem encoded)
    {
        if (encoded.Event is null)
            encoded.Message.Return();
    }

    // Claims the end of the stream. No item is sent afterwards. Returns false when it was claimed before.
    private bool TryClose()
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            _isClosed = true;
        }

        message.EndStream();
        return true;
    }

    // Lets the turn continue without the message.
    private void LeaveTurn()
    {
        Connection.Endpoint.CountStream(1);
        message.MeasureRun(CallMetrics.Ok);
        message.Turn!.Complete(message, isReadyForNext: false);
    }

    private Task Post(in OutboundItem encoded, bool isFirst)
    {
        lock (_gate)
        {
            if (isFirst && message.TryBeginStream())
                Volatile.Write(ref _envelope, message.CopyReplyHead(isItem: true));
            if (IsDetached && !_isClosed)
                return Connection.PostReserved(encoded);
        }

        Return(encoded);
        throw EndedException();
    }

    private void ThrowIfClosed()
    {
        if (Volatile.Read(ref _isClosed) || message.IsAbandoned)
            throw EndedException();
    }
}
