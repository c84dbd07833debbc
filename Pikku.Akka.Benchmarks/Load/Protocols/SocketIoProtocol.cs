using System.Buffers.Text;
using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Protocols;

/// <summary>Socket.IO 4 over Engine.IO 4, WebSocket transport only; acknowledgements carry the correlation id.</summary>
internal sealed class SocketIoProtocol : Protocol
{
    public override string DefaultPath(bool pubsub) => "/socket.io/?EIO=4&transport=websocket";

    public override bool OnOpen(Conn c) => false;

    public override bool OnHandshakeMessage(Conn c, ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("0{"u8))
        {
            c.SendFrame(Opcode.Text, "40"u8);
            return false;
        }

        return message.StartsWith("40"u8) ? true : throw new InvalidOperationException("Socket.IO handshake failed");
    }

    public override void SendEcho(Conn c, uint correlation, ReadOnlySpan<byte> payload) =>
        Begin("42"u8).PutDecimal(correlation).Put("[\"echo\",\""u8).Put(payload).Put("\"]"u8).SendTo(c);

    public override void SendSubscribe(Conn c, ReadOnlySpan<byte> topic) =>
        Begin("420[\"subscribe\",\""u8).Put(topic).Put("\"]"u8).SendTo(c);

    public override void SendPublish(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) =>
        Begin("42[\"publish\",\""u8).Put(topic).Put("\",\""u8).Put(payload).Put("\"]"u8).SendTo(c);

    public override void Parse(Conn c, ReadOnlySpan<byte> message, IHandler handler)
    {
        if (message is [(byte)'2'])
        {
            c.SendFrame(Opcode.Text, "3"u8); // Engine.IO's own ping
            return;
        }

        var payload = FindPayload(message);
        if (message.StartsWith("43"u8) && Utf8Parser.TryParse(message[2..], out uint id, out _))
        {
            if (payload.IsEmpty)
                handler.OnAck(c);
            else
                handler.OnEchoReply(c, id, payload);
        }
        else if (message.StartsWith("42[\"event\""u8))
        {
            handler.OnEvent(c, Quoted(message, "\"event\",\""u8), payload);
        }
        else
        {
            handler.OnUnexpected(c, message);
        }
    }
}
