using Akka.Actor;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// A message that the client sent. It takes credit of the receive loop until it is over, and counts against the rate. The connection's actor is
/// told of messages that were read together by the first of them; the others follow by <see cref="InboundMessage.Next"/>.
/// </summary>
/// <param name="connection">The connection that it came on.</param>
/// <param name="rented">Holds the message; rented from the shared pool and returned to it by the message.</param>
/// <param name="length">Bytes of the message.</param>
internal abstract class ClientMessage(Connection connection, byte[] rented, int length) : InboundMessage(connection), INoSerializationVerificationNeeded
{
    private byte[]? _buffer = rented;

    /// <summary>Bytes of the message, also when it has released its buffer.</summary>
    public int Length { get; } = length;

    /// <summary>The message as it came, until it has released its buffer.</summary>
    public ReadOnlyMemory<byte> Payload => new(_buffer, 0, Length);

    /// <summary>True when the message was malformed or went nowhere: it costs more of the rate than others.</summary>
    public bool IsViolation { get; protected set; }

    public override bool IsAbandoned => IsSettled;

    public override bool SharesTurn => true;

    public override bool ClosesOnError => Endpoint.Settings.Channel.CloseOnError;

    /// <summary>Takes the message if it answers a call of a function of the client.</summary>
    /// <param name="expected">True when a call waited for it.</param>
    public virtual bool TryTakeAsAnswer(out bool expected)
    {
        expected = false;
        return false;
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
