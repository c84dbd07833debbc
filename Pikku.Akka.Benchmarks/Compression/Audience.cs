using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Pikku.Akka.Benchmarks.Compression;

/// <summary>The subscribers of a topic, which count frames without reading them, and its publisher, which has at most four events on their way.</summary>
internal sealed class Audience : IAsyncDisposable
{
    private const int Window = 4; // events
    private const int BufferSize = 32 * 1024;

    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _counting = [];
    private readonly ConcurrentDictionary<long, int> _arrived = new();
    private readonly SemaphoreSlim _window = new(Window);
    private readonly ClientWebSocket _publisher = new();
    private readonly int _subscribers;
    private long _bytes;
    private long _deliveries;

    private Audience(int subscribers) => _subscribers = subscribers;

    /// <summary>The bytes of the events so far, with the headers of their frames.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The number of received events.</summary>
    public long Deliveries => Interlocked.Read(ref _deliveries);

    public static async Task<Audience> SubscribeAsync(int port, string topic, int subscribers, bool mayCompress)
    {
        var audience = new Audience(subscribers);
        await audience._publisher.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/bench"), CancellationToken.None);
        for (var i = 0; i < subscribers; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            audience._sockets.Add(socket);
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"GET /bench HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + (mayCompress ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n" : "\r\n")));
            await ReadHeadersAsync(socket);
            var subscribe = Encoding.UTF8.GetBytes($$"""{"action":"subscribe","topic":"{{topic}}"}""");
            await socket.SendAsync((byte[])[0x81, (byte)(0x80 | subscribe.Length), 0, 0, 0, 0, .. subscribe]); // a mask of zeros
            var reply = await ReadAsync(socket, 2);
            await ReadAsync(socket, reply[1]);
            audience._counting.Add(Task.Run(() => audience.CountAsync(socket)));
        }

        return audience;
    }

    public async Task PublishAsync(string topic, string data)
    {
        await _window.WaitAsync();
        await _publisher.SendAsync(Encoding.UTF8.GetBytes($$"""{"action":"publish","topic":"{{topic}}","data":"{{data}}"}"""), WebSocketMessageType.Text, true, CancellationToken.None);
        await _publisher.ReceiveAsync(new byte[256], CancellationToken.None); // the acknowledgement
    }

    /// <summary>Waits until all subscribers have all events.</summary>
    public async Task FlushAsync()
    {
        for (var i = 0; i < Window; i++)
            await _window.WaitAsync();
        _window.Release(Window);
    }

    public async ValueTask DisposeAsync()
    {
        _sockets.ForEach(socket => socket.Dispose());
        await Task.WhenAll(_counting); // before the window, which they release
        _publisher.Dispose();
        _window.Dispose();
    }

    private async Task CountAsync(Socket socket)
    {
        var (buffer, filled, skip, number) = (new byte[BufferSize], 0, 0, 0L);
        try
        {
            while (true)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(filled));
                if (count == 0)
                    return;
                filled += count;
                var at = 0;
                while (true)
                {
                    var skipped = Math.Min(skip, filled - at);
                    (at, skip) = (at + skipped, skip - skipped);
                    if (skip > 0 || filled - at < 2 || filled - at < HeaderOf(buffer[at + 1]))
                        break;
                    var header = HeaderOf(buffer[at + 1]);
                    skip = header == 2 ? buffer[at + 1] : BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(at + 2)); // no event is longer than 64 KiB
                    var isEvent = (buffer[at] & 0x0F) == 1;
                    at += header;
                    if (isEvent)
                        Note(number++, header + skip);
                }

                buffer.AsSpan(at, filled - at).CopyTo(buffer);
                filled -= at;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The measurement has ended.
        }
    }

    // The frame is counted when its header arrives; the last bytes follow at once.
    private void Note(long number, int size)
    {
        Interlocked.Add(ref _bytes, size);
        Interlocked.Increment(ref _deliveries);
        if (_arrived.AddOrUpdate(number, 1, (_, count) => count + 1) < _subscribers)
            return;
        _arrived.TryRemove(number, out _);
        _window.Release();
    }

    private static int HeaderOf(byte second) => second switch { < 126 => 2, 126 => 4, _ => 10 };

    private static async Task ReadHeadersAsync(Socket socket)
    {
        var headers = new StringBuilder();
        while (!headers.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            headers.Append((char)(await ReadAsync(socket, 1))[0]);
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
            read += await socket.ReceiveAsync(bytes.AsMemory(read)) is > 0 and var more ? more : throw new IOException("The server has closed.");
        return bytes;
    }
}
