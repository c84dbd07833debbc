using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Pikku.Akka.Benchmarks.Server;

namespace Pikku.Akka.Benchmarks.Cluster.Storm;

/// <summary>
/// Clients of the nodes that stay, one for each topic and node, and the publisher of all events. Each event contains the time at which it was due, so a publisher that is late
/// makes the latency larger, not smaller.
/// </summary>
internal sealed class HealthyClients : IAsyncDisposable
{
    private const string Mark = "~due:";
    private const int PayloadLength = 64;
    private const int BufferSize = 4096; // bytes, more than any message of the measurement

    private readonly List<ClientWebSocket> _sockets = [];
    private readonly List<Task> _reading = [];
    private readonly ConcurrentQueue<(long Due, double Milliseconds)> _latencies = new();
    private readonly CancellationTokenSource _stopPublishing = new();
    private readonly CancellationTokenSource _stopReading = new();
    private readonly int _topics;
    private Task _publishing = Task.CompletedTask;
    private ClientWebSocket _publisher = null!;
    private long _missed;

    private HealthyClients(int topics) => _topics = topics;

    public static async Task<HealthyClients> ConnectAsync(int topics, params IReadOnlyList<Uri> nodes)
    {
        var clients = new HealthyClients(topics);
        foreach (var node in nodes)
        {
            for (var topic = 0; topic < topics; topic++)
            {
                var socket = await clients.OpenAsync(node);
                await SendAsync(socket, $$$"""{"action":"pikku-subscribe","id":1,"data":{"topic":"{{{BenchServer.Kept.For(topic).Name}}}"}}""");
            }
        }

        clients._publisher = await clients.OpenAsync(nodes[0]);
        return clients;
    }

    /// <summary>Publishes to one topic after another until the end.</summary>
    /// <param name="perSecond">The rate, without the events of <see cref="AddMissed"/>.</param>
    public void Publish(int perSecond) => _publishing = Task.Run(() => PublishAsync(perSecond));

    /// <summary>Publishes more events to each topic, which the clients that are away miss.</summary>
    public void AddMissed(int events) => Interlocked.Add(ref _missed, (long)events * _topics);

    /// <summary>The latencies of the events that were due between two times, in milliseconds.</summary>
    public IReadOnlyList<double> Latencies(long from, long to) => [.. _latencies.Where(one => one.Due >= from && one.Due < to).Select(one => one.Milliseconds)];

    public async ValueTask DisposeAsync()
    {
        await _stopPublishing.CancelAsync();
        await _publishing;
        // A canceled receive aborts its socket, so nothing may be sent any more.
        await _stopReading.CancelAsync();
        await Task.WhenAll(_reading);
        _sockets.ForEach(socket => socket.Dispose());
        _stopPublishing.Dispose();
        _stopReading.Dispose();
    }

    private async Task<ClientWebSocket> OpenAsync(Uri node)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("pikku.v1");
        await socket.ConnectAsync(node, CancellationToken.None);
        _sockets.Add(socket);
        _reading.Add(Task.Run(() => ReadAsync(socket)));
        return socket;
    }

    private async Task ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), _stopReading.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                    throw new InvalidOperationException("A node has closed the connection of a healthy client.");
                var now = Stopwatch.GetTimestamp();
                var text = Encoding.UTF8.GetString(buffer, 0, received.Count);
                if (text.IndexOf(Mark, StringComparison.Ordinal) is > 0 and var at)
                {
                    var due = long.Parse(text.AsSpan(at + Mark.Length, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    _latencies.Enqueue((due, Stopwatch.GetElapsedTime(due, now).TotalMilliseconds));
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // One loop publishes both the regular events and those that clients miss: at the regular rate, and twelve times as fast while some of the latter are left.
    private async Task PublishAsync(int perSecond)
    {
        var (due, topic) = (Stopwatch.GetTimestamp(), 0);
        while (!_stopPublishing.IsCancellationRequested)
        {
            var isMissed = Interlocked.Read(ref _missed) > 0;
            due += Stopwatch.Frequency / (isMissed ? 12 * perSecond : perSecond);
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (wait > TimeSpan.FromMilliseconds(1))
                await Task.Delay(wait, CancellationToken.None);
            var data = (Mark + due.ToString("x16", CultureInfo.InvariantCulture)).PadRight(PayloadLength, 'x');
            await SendAsync(_publisher, $$$"""{"action":"publish","id":1,"data":{"topic":"{{{BenchServer.Kept.For(topic).Name}}}","data":"{{{data}}}"}}""");
            topic = (topic + 1) % _topics;
            if (isMissed)
                Interlocked.Decrement(ref _missed);
        }
    }

    private static ValueTask SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
