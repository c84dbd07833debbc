using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Protocols;

/// <summary>
/// Plain text: the payload itself on <c>/echo</c>; <c>Stopic</c>, <c>Ptopic payload</c> and <c>Mtopic payload</c> on <c>/pubsub</c>.
/// </summary>
internal sealed class RawProtocol : Protocol
{
    public override string DefaultPath(bool pubsub) => pubsub ? "/pubsub" : "/echo";

    public override void SendEcho(Conn c, uint correlation, ReadOnlySpan<byte> payload) => c.SendFrame(Opcode.Text, payload);

    public override void SendSubscribe(Conn c, ReadOnlySpan<byte> topic) => Begin("S"u8).Put(topic).SendTo(c);

    public override void SendPublish(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) =>
        Begin("P"u8).Put(topic).Put(" "u8).Put(payload).SendTo(c);

    public override void Parse(Conn c, ReadOnlySpan<byte> message, IHandler handler)
    {
        if (message is [(byte)'s'] or [(byte)'p'])
            handler.OnAck(c);
        else if (message is [(byte)'M', ..] && message.IndexOf((byte)' ') is > 0 and var space)
            handler.OnEvent(c, message[1..space], message[(space + 1)..]);
        else if (message.Length >= Payload.HeaderLength && Payload.TryHex8(message[17..], out var sequence))
            handler.OnEchoReply(c, sequence, message);
        else
            handler.OnUnexpected(c, message);
    }
}
