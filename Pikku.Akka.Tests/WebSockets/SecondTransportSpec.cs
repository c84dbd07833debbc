using System.Text;
using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// A second transport beside WebSockets, which writes each message as a line and has neither pings nor close frames. It shows that no lower floor
/// depends on frames.
/// </summary>
public sealed class SecondTransportSpec
{
    [Fact]
    public async Task Sends_the_same_shared_event_as_a_WebSocket_and_ends_in_its_own_way()
    {
        await using var node = new TestNode(app => app.WireChannel("lab", channel => channel.MapAction("echo", ([FromData] string text) => text)));
        using var stream = new MemoryStream();
        var lines = new LineTransport();
        var socket = new WebSocketTransport(TransportFeatures.OutputOf(stream), FakeCutoff.Create());
        var connections = ((IConnectionTransport[])[lines, socket]).Select(transport => node.Connect(transport)).ToArray();
        var news = EncodedMessage.Copy(MessageKind.Text, "{\"n\":1}"u8);

        for (var i = 0; i < 2; i++)
        {
            foreach (var connection in connections)
                connection.Deliver(new HubEvent("news", news.Memory, news));
        }

        foreach (var connection in connections)
        {
            connection.Transport.Ping();
            connection.Close(CloseCode.GoingAway, "bye");
        }

        await socket.Done.WaitAsync(Eventually.Patience);
        Assert.Equal("data: {\"n\":1}\ndata: {\"n\":1}\n: ping\nend: 1001 bye\n", lines.Written);
        var frame = $"8107{Convert.ToHexString("{\"n\":1}"u8)}";
        Assert.Equal($"{frame}{frame}89008805{1001:X4}{Convert.ToHexString("bye"u8)}", Convert.ToHexString(stream.ToArray()));
        Assert.Equal("{\"n\":1}", Encoding.UTF8.GetString(news.Span));
    }

    private sealed class LineTransport : IConnectionTransport
    {
        private readonly StringBuilder _written = new();
        private Outbox _outbox = null!;

        public string Written
        {
            get
            {
                lock (_written)
                    return _written.ToString();
            }
        }

        public string Kind => "lines";

        public void Start(Outbox outbox, ITransportReport report) => _outbox = outbox;

        public void Write()
        {
            var taken = new List<EncodedMessage>();
            lock (_written)
            {
                for (; _outbox.TryTake(taken, out _); taken.Clear())
                {
                    foreach (var message in taken)
                        _written.Append(LineOf(message)).Append('\n');
                    foreach (var message in taken)
                        message.Return();
                }
            }
        }

        public void WriteNow() { }

        public void Ping() => _outbox.Add(EncodedMessage.Ping);

        public void Abort() { }

        private static string LineOf(EncodedMessage message) => message.Kind switch
        {
            MessageKind.Close => $"end: {(int)CloseMessage.CodeOf(message)} {Encoding.UTF8.GetString(CloseMessage.ReasonOf(message))}",
            MessageKind.Ping => ": ping",
            _ => $"data: {Encoding.UTF8.GetString(message.Span)}",
        };
    }
}
