using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Protocols;

/// <summary>Pikku's channel protocol: JSON routed by <c>action</c>; events are <c>{"topic":…,"data":…}</c>.</summary>
internal sealed class PikkuProtocol : Protocol
{
    public override void SendEcho(Conn c, uint correlation, ReadOnlySpan<byte> payload) =>
        Begin("{\"action\":\"echo\",\"id\":\""u8).PutHex(correlation).Put("\",\"text\":\""u8).Put(payload).Put("\"}"u8).SendTo(c);

    public override void SendSubscribe(Conn c, ReadOnlySpan<byte> topic) =>
        Begin("{\"action\":\"subscribe\",\"topic\":\""u8).Put(topic).Put("\"}"u8).SendTo(c);

    public override void SendPublish(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) =>
        Begin("{\"action\":\"publish\",\"topic\":\""u8).Put(topic).Put("\",\"data\":\""u8).Put(payload).Put("\"}"u8).SendTo(c);

    public override void Parse(Conn c, ReadOnlySpan<byte> message, IHandler handler)
    {
        var payload = FindPayload(message);
        if (payload.IsEmpty)
        {
            var done = Quoted(message, "\"action\":\""u8);
            if (done.SequenceEqual("subscribe"u8) || done.SequenceEqual("publish"u8))
                handler.OnAck(c);
            else
                handler.OnUnexpected(c, message);
            return;
        }

        var topic = Quoted(message, "\"topic\":\""u8);
        if (!topic.IsEmpty)
            handler.OnEvent(c, topic, payload);
        else if (Quoted(message, "\"action\":\""u8).SequenceEqual("echo"u8)
            && Payload.TryHex8(Quoted(message, "\"id\":\""u8), out var id))
            handler.OnEchoReply(c, id, payload);
        else
            handler.OnUnexpected(c, message);
    }
}
