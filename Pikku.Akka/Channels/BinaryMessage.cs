using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>A binary message, for <c>onBinaryMessage</c>. Errors are logged and counted, but not sent to the client (J1).</summary>
/// <inheritdoc cref="ClientMessage"/>
internal sealed class BinaryMessage(Connection connection, byte[] rented, int length) : ClientMessage(connection, rented, length)
{
    public override string Kind => "Binary";

    public override OutboundItem? EncodeResult(ReplyFactory replies) => ReplyFactory.BinaryReply(Result);

    public override void LogFailure(in ErrorInfo info, Exception error) => Endpoint.LogBinaryFailure(Connection, error);

    protected override void BindAction()
    {
        var channel = Endpoint.Definition;
        Bind(channel.OnBinaryMessage ?? throw new NotFoundError($"The channel '{channel.Name}' takes no binary frames."), Payload);
    }
}
