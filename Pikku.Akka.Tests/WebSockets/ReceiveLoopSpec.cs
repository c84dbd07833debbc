using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Hosting;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

public sealed class ReceiveLoopSpec
{
    [Fact]
    public async Task Holds_the_smallest_buffer_while_nothing_comes()
    {
        await using var lab = await Lab.Start();
        var app = lab.Services.GetRequiredService<PikkuApp>();
        var channel = new LocalChannel("idle", app.Channels[0], null, lab.Services, new SessionHolder(app.Clock), enveloped: false);
        using var socket = new SilentSocket();

        var running = new ReceiveLoop(socket, channel, new InboxCredit(app.Settings.Connection)).RunAsync(default);

        Assert.Equal([MessageBuffers.UsualSize], socket.Asked);
        socket.Abort();
        await Assert.ThrowsAsync<WebSocketException>(() => running);
    }

    // Says nothing, and notes into how much space it was asked to.
    private sealed class SilentSocket : WebSocket
    {
        private readonly TaskCompletionSource<ValueWebSocketReceiveResult> _nothing = new();

        public List<int> Asked { get; } = [];

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            Asked.Add(buffer.Length);
            return new ValueTask<ValueWebSocketReceiveResult>(_nothing.Task);
        }

        public override void Abort() => _nothing.SetException(new WebSocketException("gone"));

        public override void Dispose() { }

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task SendAsync(
            ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
