using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Benchmarks.Fuzz;

/// <summary>A client that sends arbitrary bytes. Every wait ends after a limit, with an <see cref="OperationCanceledException"/>.</summary>
internal sealed class HostileClient : IDisposable
{
    private const int Addresses = 250; // of the loopback network, so that the ports of one address are not used up

    private readonly Socket _socket;
    private readonly CancellationTokenSource _tooLong;
    private readonly NetworkStream _stream;

    private HostileClient(Socket socket, CancellationTokenSource tooLong) => (_socket, _tooLong, _stream) = (socket, tooLong, new NetworkStream(socket));

    public static async Task<HostileClient> ConnectAsync(IPEndPoint server, Random random, TimeSpan patience)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)random.Next(1, Addresses)]), 0));
        await socket.ConnectAsync(server);
        return new HostileClient(socket, new CancellationTokenSource(patience));
    }

    /// <summary>A correct request for the upgrade.</summary>
    public static byte[] UpgradeRequest(string extensions = "") => Encoding.ASCII.GetBytes(
        $"GET {FuzzServer.Path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{(extensions.Length == 0 ? "" : $"Sec-WebSocket-Extensions: {extensions}\r\n")}\r\n");

    /// <summary>Sends the request for the upgrade, and returns the response.</summary>
    public async Task<string> UpgradeAsync(string extensions = "")
    {
        await SendAsync(UpgradeRequest(extensions));
        var response = new StringBuilder();
        while (!response.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            response.Append((char)(await ReadAsync(1))[0]);
        return response.ToString();
    }

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes, _tooLong.Token);

    /// <summary>Reads the next frame; null at the end of the connection.</summary>
    public async Task<RawFrame?> ReadFrameAsync()
    {
        try
        {
            var head = await ReadAsync(2);
            var length = (head[1] & 0x7F) switch
            {
                126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
                127 => (int)BinaryPrimitives.ReadUInt64BigEndian(await ReadAsync(8)),
                var small => small,
            };
            return new RawFrame(head[0], await ReadAsync(length));
        }
        catch (IOException) // also the end of the stream
        {
            return null;
        }
    }

    /// <summary>Reads until the server ends the connection.</summary>
    public async Task ReadToEndAsync()
    {
        try
        {
            var buffer = new byte[4096];
            while (await _stream.ReadAsync(buffer, _tooLong.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // The server has reset the connection.
        }
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    // Resets the connection.
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
        _tooLong.Dispose();
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, _tooLong.Token);
        return bytes;
    }
}
