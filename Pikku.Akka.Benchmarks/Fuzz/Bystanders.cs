using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;

namespace Pikku.Akka.Benchmarks.Fuzz;

/// <summary>Healthy clients, each of which sends one message after another and compares the answers.</summary>
internal sealed class Bystanders : IAsyncDisposable
{
    private readonly List<ClientWebSocket> _sockets = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;

    /// <summary>The number of correct answers.</summary>
    public long Echoes { get; private set; }

    /// <summary>The longest time that an answer took.</summary>
    public TimeSpan Slowest { get; private set; }

    public static async Task<Bystanders> StartAsync(Uri server, int count, TimeSpan patience, Findings findings)
    {
        var healthy = new Bystanders();
        for (var i = 0; i < count; i++)
        {
            var socket = new ClientWebSocket();
            if (i % 2 == 0)
                socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
            healthy._sockets.Add(socket);
            await socket.ConnectAsync(server, CancellationToken.None);
        }

        healthy._running = Task.WhenAll(healthy._sockets.Select((socket, i) => Task.Run(() => healthy.RunAsync(socket, i, patience, findings))));
        return healthy;
    }

    /// <summary>Ends the clients after their current message.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _sockets.ForEach(socket => socket.Dispose());
        _stop.Dispose();
    }

    private async Task RunAsync(ClientWebSocket socket, int number, TimeSpan patience, Findings findings)
    {
        try
        {
            for (var i = 0; !_stop.IsCancellationRequested; i++)
            {
                using var tooLong = new CancellationTokenSource(patience);
                var begun = Stopwatch.GetTimestamp();
                var (sent, buffer) = (Encoding.UTF8.GetBytes($"healthy {number} {i} {new string('é', i % 400)}"), new byte[FuzzServer.MaxMessage + 2]);
                await socket.SendAsync(sent, i % 2 == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, tooLong.Token);
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), tooLong.Token);
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                if (!buffer.AsSpan(0, length).SequenceEqual(FuzzServer.Answer(sent)))
                {
                    findings.Add($"healthy client {number} got {Convert.ToHexString(buffer, 0, length)} for {Convert.ToHexString(sent)}");
                    return;
                }

                lock (_gate)
                {
                    Echoes++;
                    Slowest = TimeSpan.FromTicks(Math.Max(Slowest.Ticks, Stopwatch.GetElapsedTime(begun).Ticks));
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            findings.Add($"healthy client {number} failed: {e.Message}");
        }
    }
}
