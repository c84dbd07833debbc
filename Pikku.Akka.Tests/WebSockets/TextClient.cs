using System.Net.WebSockets;
using System.Text;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>A client that follows the protocol.</summary>
internal sealed class TextClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    public string? Subprotocol => _socket.SubProtocol;

    /// <summary>The close code of the server, after it has arrived.</summary>
    public WebSocketCloseStatus? CloseCode => _socket.CloseStatus;

    public static async Task<TextClient> Connect(Uri address, Action<ClientWebSocketOptions>? configure = null, HttpMessageInvoker? http = null)
    {
        var client = new TextClient();
        configure?.Invoke(client._socket.Options);
        await client._socket.ConnectAsync(address, http, default).WaitAsync(Eventually.Patience);
        return client;
    }

    public Task Send(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default).WaitAsync(Eventually.Patience);

    /// <summary>Returns the next message; null when the server closes instead.</summary>
    public Task<string?> Receive() => Next().WaitAsync(Eventually.Patience);

    /// <summary>Reads all messages until the server closes. A client must read to answer pings, so that it stays connected while no messages arrive.</summary>
    public async IAsyncEnumerable<string> Messages()
    {
        while (await Next() is { } text)
            yield return text;
    }

    private async Task<string?> Next()
    {
        var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, default);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return Encoding.UTF8.GetString(text.ToArray());
        }
    }

    /// <summary>Returns all messages until the connection or the process of the server ends.</summary>
    public async Task<IReadOnlyList<string>> ReceiveToEnd()
    {
        var messages = new List<string>();
        try
        {
            while (await Receive() is { } message)
                messages.Add(message);
        }
        catch (WebSocketException)
        {
            // The process has ended.
        }

        return messages;
    }

    /// <summary>Sends a message and returns the reply.</summary>
    public async Task<string?> Ask(string text)
    {
        await Send(text);
        return await Receive();
    }

    /// <summary>Reads until the server closes, and answers the close.</summary>
    public async Task<WebSocketCloseStatus?> AwaitClose()
    {
        while (await Receive() is not null)
        {
        }

        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Eventually.Patience);
        return CloseCode;
    }

    public async Task Close(WebSocketCloseStatus code = WebSocketCloseStatus.NormalClosure) =>
        await _socket.CloseAsync(code, null, default).WaitAsync(Eventually.Patience);

    /// <summary>Sends a close, and leaves it to a reader to receive the answer.</summary>
    public Task CloseOutput() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Eventually.Patience);

    public void Dispose() => _socket.Dispose();
}
