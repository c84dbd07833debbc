using System.Diagnostics;

namespace Pikku.Akka.Channels;

/// <summary><c>onDisconnect</c>: the last message that a connection runs (I1).</summary>
/// <param name="connection">The connection that ends.</param>
internal sealed class DisconnectMessage(Connection connection) : InboundMessage(connection)
{
    public override string Kind => "Disconnect";

    // It answers no request.
    public override ActivityKind SpanKind => ActivityKind.Internal;

    public override bool MustRun => true;

    public override void Conclude(IConnectionLife life, Exception? error) => life.End();

    public override void Discard() { }

    protected override void BindAction() => Bind(Endpoint.Definition.OnDisconnect, default);
}
