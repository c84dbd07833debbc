namespace Pikku.Akka.Benchmarks.Load.Connections;

/// <summary>What a mode wants to hear about. All calls come on the loop's one thread.</summary>
internal interface IHandler
{
    void OnReady(Conn c);

    /// <summary>A reply, with the correlation id that the protocol itself gave it.</summary>
    void OnEchoReply(Conn c, uint correlation, ReadOnlySpan<byte> payload);

    void OnEvent(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload);

    void OnAck(Conn c);

    void OnUnexpected(Conn c, ReadOnlySpan<byte> message);

    void OnClosed(Conn c, string reason);
}
