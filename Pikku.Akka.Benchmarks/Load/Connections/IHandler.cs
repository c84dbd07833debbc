namespace Pikku.Akka.Benchmarks.Load.Connections;

/// <summary>The events of connections that a mode handles. All calls are made on the loop's thread.</summary>
internal interface IHandler
{
    void OnReady(Conn c);

    /// <summary>Handles a reply with the correlation id of the protocol.</summary>
    void OnEchoReply(Conn c, uint correlation, ReadOnlySpan<byte> payload);

    void OnEvent(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload);

    void OnAck(Conn c);

    void OnUnexpected(Conn c, ReadOnlySpan<byte> message);

    void OnClosed(Conn c, string reason);
}
