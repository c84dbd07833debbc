using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Tests.Interoperability;

/// <summary>
/// The command-line tool curl. It sends the upgrade and then carries bytes in both directions, but knows nothing of frames (with <c>ws://</c> it would print messages and
/// send none, and few distributions build it in). So this class makes the frames: it shows that the upgrade of curl is accepted, and what arrives through its pipes.
/// </summary>
internal sealed class CurlClient(string program) : IForeignClient
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ=="; // that of RFC 6455 §1.3
    private const byte Compressed = 0x40; // RSV1

    private Process? _process;
    private Channel<string> _arrived = Channel.CreateUnbounded<string>();
    private TaskCompletionSource _pong = new();
    private bool _isCompressing;
    private bool _hasClosed;
    private readonly SemaphoreSlim _writing = new(1);

    public async Task<Handshake> OpenAsync(Uri address, string? subprotocol = null, DeflateParameters? offer = null)
    {
        await DisposeAsync();
        string[] headers =
        [
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", $"Sec-WebSocket-Key: {Key}",
            .. subprotocol is null ? (string[])[] : [$"Sec-WebSocket-Protocol: {subprotocol}"],
            .. offer is null ? (string[])[] : [$"Sec-WebSocket-Extensions: {offer.Header}"],
            "Expect:", "Transfer-Encoding:", // an upload would have these
        ];
        // An upload of "." sends what arrives at the standard input, and reads the response meanwhile. The headers are dumped into a file, because only then are they written at once;
        // those of --include would wait for the first frame, and the standard error has the progress of the upload.
        var dump = Path.GetTempFileName();
        var start = new ProcessStartInfo(
            program,
            ["--silent", "--show-error", "--http1.1", "--no-buffer", "--dump-header", dump, "--request", "GET", "--upload-file", ".",
             .. headers.SelectMany(header => (string[])["--header", header]), new UriBuilder(address) { Scheme = "http" }.Uri.ToString()])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.BeginErrorReadLine(); // discards it
        var response = await ReadResponseAsync(dump);
        (_isCompressing, _hasClosed) = (response.Extensions is not null, false);
        _arrived = Channel.CreateUnbounded<string>();
        _ = ReadAsync(_process.StandardOutput.BaseStream, _arrived.Writer);
        return response;
    }

    public async Task SendAsync(params string[] fragments)
    {
        byte[][] payloads = [.. fragments.Select(Encoding.UTF8.GetBytes)];
        if (_isCompressing)
        {
            // The message is compressed as a whole and then cut (RFC 7692 §6.1).
            var deflated = Deflated.Of([.. payloads.SelectMany(payload => payload)]);
            payloads = [.. deflated.Chunk((deflated.Length + fragments.Length - 1) / fragments.Length)];
        }

        for (var i = 0; i < payloads.Length; i++)
        {
            var first = (i == 0 ? RawFrame.Text & RawFrame.Unfinished : 0) | (i == 0 && _isCompressing ? Compressed : 0) | (i == payloads.Length - 1 ? RawFrame.Continuation : 0);
            await WriteAsync((byte)first, payloads[i]);
        }
    }

    public Task SendBytesAsync(byte[] bytes) => SendMessageAsync(RawFrame.Binary, bytes);

    public Task SendAsTextAsync(byte[] bytes) => SendMessageAsync(RawFrame.Text, bytes);

    public async Task PingAsync()
    {
        _pong = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await WriteAsync(RawFrame.Ping, "are you there?"u8.ToArray());
        await _pong.Task.WaitAsync(Eventually.Patience);
    }

    public Task CloseAsync(int code, string reason)
    {
        _hasClosed = true;
        return WriteAsync(RawFrame.Close, RawFrame.ClosePayload(code, reason));
    }

    public Task<string> ReceiveAsync() => _arrived.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private Task SendMessageAsync(byte first, byte[] payload) =>
        _isCompressing ? WriteAsync((byte)(first | Compressed), Deflated.Of(payload)) : WriteAsync(first, payload);

    private async Task WriteAsync(byte first, byte[] payload)
    {
        await _writing.WaitAsync();
        try
        {
            await _process!.StandardInput.BaseStream.WriteAsync(RawFrame.Bytes(first, payload)).AsTask().WaitAsync(Eventually.Patience);
            await _process.StandardInput.BaseStream.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    private static async Task<Handshake> ReadResponseAsync(string dump)
    {
        const string end = "\r\n\r\n";
        var text = "";
        await Eventually.Holds(async () => (text = await File.ReadAllTextAsync(dump)).EndsWith(end, StringComparison.Ordinal), "a response");
        File.Delete(dump);
        if (!text.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
            throw new InvalidOperationException(text);
        var headers = text[..^end.Length].Split("\r\n").Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        return new Handshake(headers.GetValueOrDefault("Sec-WebSocket-Protocol"), headers.GetValueOrDefault("Sec-WebSocket-Extensions"));
    }

    private async Task ReadAsync(Stream output, ChannelWriter<string> arrived)
    {
        try
        {
            while (await RawFrame.ReadAsync(output) is { } frame)
            {
                var payload = (frame.First & Compressed) == 0 ? frame.Payload : Deflated.Read(frame.Payload);
                switch (frame.First & ~Compressed)
                {
                    case RawFrame.Text:
                        arrived.TryWrite(Encoding.UTF8.GetString(payload));
                        break;
                    case RawFrame.Binary:
                        arrived.TryWrite($"bytes {Convert.ToHexString(payload)}");
                        break;
                    case RawFrame.Ping:
                        await WriteAsync(RawFrame.Pong, payload);
                        break;
                    case RawFrame.Pong:
                        _pong.TrySetResult();
                        break;
                    default:
                        if (!_hasClosed)
                            await WriteAsync(RawFrame.Close, payload[..2]);
                        arrived.TryWrite($"close {frame.CloseCode} {Encoding.UTF8.GetString(payload.AsSpan(2))}");
                        return;
                }
            }

            arrived.TryComplete();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            arrived.TryComplete(e);
        }
    }
}
