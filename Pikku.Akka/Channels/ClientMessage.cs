using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// A message that the client sent. It holds credit of the receive loop until it is complete, and it counts against the message rate. When several messages
/// are read together, the receive loop sends the first one to the connection's actor; the others are linked through <see cref="InboundMessage.Next"/>.
/// </summary>
/// <param name="connection">The connection that received the message.</param>
/// <param name="rented">A buffer from the shared pool that holds the message. The message returns it to the pool.</param>
/// <param name="length">The length of the message in bytes.</param>
internal abstract class ClientMessage(Connection connection, byte[] rented, int length) : InboundMessage(connection)
{
    private byte[]? _buffer = rented;
    private int _holdsSlot;
    private volatile bool _isCancelled;

    /// <summary>The length of the message in bytes. Remains available after the buffer has been released.</summary>
    public int Length { get; } = length;

    public override long ArrivedAt { get; } = connection.Activity.ReceivedAt;

    /// <summary>The bytes of the message. Must not be read after the buffer has been released.</summary>
    public ReadOnlyMemory<byte> Payload => new(_buffer, 0, Length);

    /// <summary>True when the message was malformed or matched no action. Such messages use more of the message rate.</summary>
    public bool IsViolation { get; protected set; }

    public override bool IsAbandoned => IsSettled;

    public override bool IsCancelled => _isCancelled;

    public override bool SharesTurn => true;

    public override bool ClosesOnError => Endpoint.Settings.Channel.CloseOnError && Error is not RequestCancelledError;

    /// <summary>Consumes the message if it answers a call of a client function.</summary>
    /// <param name="expected">True when an open call waited for this answer.</param>
    public virtual bool TryTakeAsAnswer(out bool expected)
    {
        expected = false;
        return false;
    }

    /// <summary>Reads the message if it is one that the connection itself handles, regardless of the actions of the channel.</summary>
    public virtual bool TryReadReserved(out ReservedMessage reserved)
    {
        reserved = default;
        return false;
    }

    /// <summary>True when the message has this id, as JSON. It does not use the decoded message, because the lane may be decoding it.</summary>
    public virtual bool HasId(ReadOnlySpan<byte> id) => false;

    /// <summary>Records that the client has cancelled the message. The connection's actor calls it, and the runner of the turn reads it.</summary>
    public void MarkCancelled() => _isCancelled = true;

    /// <summary>Takes one of the slots of the connection for a call that may run outside of the in-flight window. The run returns it when it has ended.</summary>
    /// <returns>False when all slots are taken (<c>pikku.channel.max-streams</c>).</returns>
    public bool TryTakeSlot()
    {
        if (Volatile.Read(ref _holdsSlot) != 0)
            return true;
        if (!Connection.TryTakeSlot())
            return false;
        Volatile.Write(ref _holdsSlot, 1);
        return true;
    }

    public override void ReleaseSlot()
    {
        if (Volatile.Read(ref _holdsSlot) != 0 && Interlocked.Exchange(ref _holdsSlot, 0) != 0)
            Connection.ReleaseSlot();
    }

    public override void Conclude(IConnectionLife life, Exception? error)
    {
        Connection.Inbox.ReturnCredit(Length);
        if (IsViolation)
            life.CountViolation();
        if (error is not null && ClosesOnError)
            life.Close(Endpoint.CloseCodeOf(Connection, error), "a message failed");
    }

    public override void Discard()
    {
        Connection.Inbox.ReturnCredit(Length);
        ReleaseBuffer();
    }

    public override void ReleaseBuffer()
    {
        if (_buffer is null)
            return;
        MessageBuffers.Return(_buffer);
        _buffer = null;
    }
}
