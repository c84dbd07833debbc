using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>A client that sends arbitrary bytes.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ=="; // that of RFC 6455 §1.3
    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; // and what must be answered to it

    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
    }

    /// <summary>Opens a TCP connection without sending anything.</summary>
    /// <param name="port">The port of the node.</param>
    /// <param name="receiveBuffer">The size of the receive buffer of the operating system; 0 for its default.</param>
    public static async Task<RawClient> Connect(int port, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new RawClient(socket);
    }

    /// <summary>Connects to a channel.</summary>
    public static async Task<RawClient> Upgrade(int port, string path, int receiveBuffer = 0, params string[] headers)
    {
        var client = await Connect(port, receiveBuffer);
        await client.Send(UpgradeRequest(path, headers));
        var response = await client.ReadResponse();
        Assert.Equal(101, response.Status);
        Assert.Equal(Accept, response["Sec-WebSocket-Accept"]);
        return client;
    }

    /// <summary>Builds a valid upgrade request. Headers can be replaced (<c>Name: value</c>) or removed (<c>Name</c>).</summary>
    public static string UpgradeRequest(string path, params string[] headers) => Request($"GET {path} HTTP/1.1", headers);

    /// <inheritdoc cref="UpgradeRequest"/>
    public static string Request(string line, params string[] headers)
    {
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = "127.0.0.1", ["Connection"] = "Upgrade", ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13", ["Sec-WebSocket-Key"] = Key,
        };
        foreach (var header in headers)
        {
            var parts = header.Split(": ", 2);
            all[parts[0]] = parts.Length == 2 ? parts[1] : null;
        }

        return string.Concat([line + "\r\n", .. all.Where(h => h.Value is not null).Select(h => $"{h.Key}: {h.Value}\r\n"), "\r\n"]);
    }

    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public async Task Send(byte[] bytes) => await _stream.WriteAsync(bytes).AsTask().WaitAsync(Eventually.Patience);

    public Task SendFrame(byte first, ReadOnlySpan<byte> payload = default, bool masked = true) =>
        Send(RawFrame.Bytes(first, payload, masked));

    public Task SendText(string text) => SendFrame(RawFrame.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Reads headers and body of a response. The bytes after an accepted upgrade are frames and are kept.</summary>
    public async Task<RawResponse> ReadResponse()
    {
        var status = int.Parse((await ReadLine()).Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLine() is { Length: > 0 } line)
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return new RawResponse(status, headers, status == 101 ? "" : await ReadBody(headers));
    }

    /// <summary>Reads one frame; null when the server has closed or reset the connection.</summary>
    public Task<RawFrame?> ReadFrame() => RawFrame.ReadAsync(_stream).WaitAsync(Eventually.Patience);

    /// <summary>Skips all frames before the next close frame.</summary>
    /// <returns>Its code; null when the connection ended without one.</returns>
    public async Task<int?> ReadCloseCode()
    {
        while (await ReadFrame() is { } frame)
            if (frame.First == RawFrame.Close)
                return frame.CloseCode;
        return null;
    }

    /// <summary>Reads until the server has closed the connection.</summary>
    public async Task ReadToEnd()
    {
        while (await ReadFrame() is not null)
        {
        }
    }

    /// <summary>Shuts down the sending side and continues to read.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Disconnects with a TCP reset.</summary>
    public void Vanish()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task<string> ReadBody(Dictionary<string, string> headers)
    {
        if (headers.TryGetValue("Content-Length", out var length))
            return Encoding.UTF8.GetString(await ReadExactly(int.Parse(length, CultureInfo.InvariantCulture)));
        if (!headers.ContainsKey("Transfer-Encoding"))
            return "";
        var body = "";
        while (int.Parse(await ReadLine(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var chunk)
        {
            body += Encoding.UTF8.GetString(await ReadExactly(chunk));
            await ReadLine();
        }

        await ReadLine();
        return body;
    }

    private async Task<string> ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            var next = (char)(await ReadExactly(1))[0];
            if (next == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(next);
        }
    }

    private async Task<byte[]> ReadExactly(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Eventually.Patience);
        return bytes;
    }
}
