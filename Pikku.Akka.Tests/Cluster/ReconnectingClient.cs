using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A client that reconnects as recommended: when its node stops, it waits for the time in the hint, and connects to the next node.</summary>
internal sealed partial class ReconnectingClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> _seen = new();
    private readonly ConcurrentQueue<int> _codes = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int[] _ports;
    private readonly string[] _topics;
    private readonly Task _running;
    private int _subscribed;
    private int _gaps;

    public ReconnectingClient(int[] ports, int first, params string[] topics)
    {
        _ports = ports;
        _topics = topics;
        _running = RunAsync(first);
    }

    public bool IsSubscribed => Volatile.Read(ref _subscribed) == _topics.Length;

    public int Gaps => Volatile.Read(ref _gaps);

    /// <summary>The close codes of the connections that have ended.</summary>
    public IReadOnlyCollection<int> Codes => _codes;

    public int Endings => _codes.Count;

    public bool HasSeen(string data) => _seen.ContainsKey(data);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(int next)
    {
        var retryAfter = TimeSpan.FromMilliseconds(50);
        while (!_stop.IsCancellationRequested)
        {
            using var socket = new ClientWebSocket();
            try
            {
                await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_ports[next++ % _ports.Length]}/events"), _stop.Token);
                foreach (var topic in _topics)
                    await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"action":"subscribe","topic":"{{topic}}"}"""), WebSocketMessageType.Text, true, _stop.Token);
                await ReadAsync(socket);
                _codes.Enqueue((int)socket.CloseStatus!);
                retryAfter = TimeSpan.FromMilliseconds(int.Parse(Hint().Match(socket.CloseStatusDescription!).Groups["ms"].Value, System.Globalization.CultureInfo.InvariantCulture));
            }
            catch (WebSocketException)
            {
                // The connection was refused because the node is down. Try the next one.
            }
            catch (OperationCanceledException)
            {
                return;
            }

            Volatile.Write(ref _subscribed, 0);
            using var timer = new PeriodicTimer(retryAfter);
            try
            {
                await timer.WaitForNextTickAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, _stop.Token) is { MessageType: not WebSocketMessageType.Close } received)
        {
            var message = JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, received.Count));
            if (message.TryGetProperty("action", out _))
                Interlocked.Increment(ref _subscribed);
            else if (message.GetProperty("topic").ValueEquals("pikku:gap"))
                Interlocked.Increment(ref _gaps);
            else
                _seen.TryAdd(message.GetProperty("data").GetString()!, true);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _stop.Token);
    }

    [GeneratedRegex("retry-after-ms=(?<ms>[0-9]+)")]
    private static partial Regex Hint();
}
