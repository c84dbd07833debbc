using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Protocols;

/// <summary>Pikku's subprotocol <c>pikku.v1</c>: messages with an envelope, and clients that subscribe by themselves. Events of a topic with a history carry their number.</summary>
internal class PikkuV1Protocol : Protocol
{
    public override string? Subprotocol => "pikku.v1";

    public override void SendEcho(Conn c, uint correlation, ReadOnlySpan<byte> payload) =>
        throw new ArgumentException("pikku.v1 is driven in the modes fanout, topics and resume");

    public override void SendSubscribe(Conn c, ReadOnlySpan<byte> topic) => SendSubscribe(c, topic, since: default);

    /// <summary>Subscribes behind a position.</summary>
    /// <param name="c">The connection.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="since">The position; empty for none.</param>
    public void SendSubscribe(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> since)
    {
        var message = Begin("{\"action\":\"pikku-subscribe\",\"id\":1,\"data\":{\"topic\":\""u8).Put(topic);
        if (!since.IsEmpty)
            message.Put("\",\"since\":\""u8).Put(since);
        message.Put("\"}}"u8).SendTo(c);
    }

    public override void SendPublish(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) =>
        Begin("{\"action\":\"publish\",\"id\":2,\"data\":{\"topic\":\""u8).Put(topic).Put("\",\"data\":\""u8).Put(payload).Put("\"}}"u8).SendTo(c);

    public override void Parse(Conn c, ReadOnlySpan<byte> message, IHandler handler)
    {
        var payload = FindPayload(message);
        var topic = Quoted(message, "{\"topic\":\""u8);
        if (!payload.IsEmpty && !topic.IsEmpty)
            handler.OnEvent(c, topic, payload);
        else if (message.IndexOf("\"error\""u8) < 0 && !Quoted(message, "\"action\":\""u8).IsEmpty)
            handler.OnAck(c);
        else
            handler.OnUnexpected(c, message);
    }
}
