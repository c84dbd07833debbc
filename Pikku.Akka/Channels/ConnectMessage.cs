using System.Diagnostics;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary><c>onConnect</c>: messages of the client wait until it has succeeded. If it fails, the connection closes (B8).</summary>
/// <param name="connection">The connection that opens.</param>
internal sealed class ConnectMessage(Connection connection) : InboundMessage(connection)
{
    public override string Kind => "Connect";

    // It answers no request.
    public override ActivityKind SpanKind => ActivityKind.Internal;

    public override TimeSpan Deadline => Endpoint.Settings.Connection.HandshakeTimeout;

    public override bool AnswersErrors => true;

    public override OutboundItem? EncodeResult(ReplyFactory replies) => HasResult ? replies.ConnectResult(this) : null;

    public override ReplyHead ReadReplyHead() => new() { Enveloped = Connection.IsEnveloped && Error is not null };

    public override void Conclude(IConnectionLife life, Exception? error)
    {
        if (error is null)
            life.Open();
        else
            life.Close(Endpoint.CloseCodeOf(Connection, error), "onConnect failed");
    }

    public override void Discard() { }

    protected override void BindAction() => Bind(Endpoint.Definition.OnConnect, default);
}
