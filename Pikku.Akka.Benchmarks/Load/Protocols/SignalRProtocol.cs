using System.Text;
using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Protocols;

/// <summary>
/// SignalR's hub protocol in JSON: hub methods <c>Echo(text)</c>, <c>Subscribe(topic)</c>, <c>Publish(topic, data)</c>;
/// client method <c>event</c>.
/// </summary>
internal sealed class SignalRProtocol : Protocol
{
    private const byte RecordSeparator = 0x1e;
    private const byte Invocation = (byte)'1';
    private const byte Completion = (byte)'3';
    private const byte KeepAlive = (byte)'6';

    public override string DefaultPath(bool pubsub) => "/hub";

    public override bool OnOpen(Conn c)
    {
        c.SendFrame(Opcode.Text, "{\"protocol\":\"json\",\"version\":1}\u001e"u8);
        return false;
    }

    public override bool OnHandshakeMessage(Conn c, ReadOnlySpan<byte> message) =>
        message.SequenceEqual("{}\u001e"u8)
            ? true
            : throw new InvalidOperationException("SignalR handshake failed: " + Encoding.UTF8.GetString(message));

    public override void SendEcho(Conn c, uint correlation, ReadOnlySpan<byte> payload) =>
        Begin("{\"type\":1,\"invocationId\":\""u8).PutHex(correlation)
            .Put("\",\"target\":\"Echo\",\"arguments\":[\""u8).Put(payload).Put("\"]}\u001e"u8).SendTo(c);

    public override void SendSubscribe(Conn c, ReadOnlySpan<byte> topic) =>
        Begin("{\"type\":1,\"invocationId\":\"s\",\"target\":\"Subscribe\",\"arguments\":[\""u8).Put(topic).Put("\"]}\u001e"u8).SendTo(c);

    public override void SendPublish(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) =>
        Begin("{\"type\":1,\"target\":\"Publish\",\"arguments\":[\""u8).Put(topic)
            .Put("\",\""u8).Put(payload).Put("\"]}\u001e"u8).SendTo(c);

    // The interval of SignalR's own clients. The server closes a connection that sends nothing for 30 s.
    public override double? KeepAliveInterval => 15;

    public override void SendKeepAlive(Conn c) => c.SendFrame(Opcode.Text, "{\"type\":6}\u001e"u8);

    public override void Parse(Conn c, ReadOnlySpan<byte> frame, IHandler handler)
    {
        // One WebSocket message may contain several records.
        while (!frame.IsEmpty)
        {
            var end = frame.IndexOf(RecordSeparator);
            if (end < 0)
            {
                handler.OnUnexpected(c, frame);
                return;
            }

            ParseRecord(c, frame[..end], handler);
            frame = frame[(end + 1)..];
        }
    }

    private static void ParseRecord(Conn c, ReadOnlySpan<byte> record, IHandler handler)
    {
        var type = record.StartsWith("{\"type\":"u8) && record.Length > 8 ? record[8] : (byte)0;
        if (type == KeepAlive)
            return;
        var payload = FindPayload(record);
        if (type == Completion && payload.IsEmpty && record.IndexOf("\"error\""u8) < 0)
            handler.OnAck(c);
        else if (type == Completion && Payload.TryHex8(Quoted(record, "\"invocationId\":\""u8), out var id))
            handler.OnEchoReply(c, id, payload);
        else if (type == Invocation && record.IndexOf("\"target\":\"event\""u8) >= 0)
            handler.OnEvent(c, Quoted(record, "\"arguments\":[\""u8), payload);
        else
            handler.OnUnexpected(c, record);
    }
}
