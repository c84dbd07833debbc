using System.Text.Json;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Tests.Interoperability;

/// <summary>A client in another language that executes commands: one line of JSON in, one line out.</summary>
/// <param name="runAsync">Executes one command.</param>
/// <param name="end">Ends the program.</param>
internal sealed class ScriptedClient(Func<string, Task<string>> runAsync, IAsyncDisposable end) : IForeignClient
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    public async Task<Handshake> OpenAsync(Uri address, string? subprotocol = null, DeflateParameters? offer = null) =>
        (await RunAsync(new { Command = "open", Url = address, Subprotocol = subprotocol, Deflate = offer })).Deserialize<Handshake>(s_json)!;

    public Task SendAsync(params string[] fragments) => RunAsync(new { Command = "send", Fragments = fragments });

    public Task SendBytesAsync(byte[] bytes) => RunAsync(new { Command = "sendBytes", Bytes = bytes });

    public Task SendAsTextAsync(byte[] bytes) => RunAsync(new { Command = "sendAsText", Bytes = bytes });

    public Task PingAsync() => RunAsync(new { Command = "ping" });

    public Task CloseAsync(int code, string reason) => RunAsync(new { Command = "close", Code = code, Reason = reason });

    public async Task<string> ReceiveAsync()
    {
        var message = await RunAsync(new { Command = "receive" });
        if (message.TryGetProperty("text", out var text))
            return text.GetString()!;
        return message.TryGetProperty("bytes", out var bytes)
            ? $"bytes {Convert.ToHexString(bytes.GetBytesFromBase64())}"
            : $"close {message.GetProperty("close").GetInt32()} {message.GetProperty("reason").GetString()}";
    }

    public ValueTask DisposeAsync() => end.DisposeAsync();

    private async Task<JsonElement> RunAsync(object command)
    {
        var answer = JsonDocument.Parse(await runAsync(JsonSerializer.Serialize(command, s_json)).WaitAsync(Eventually.Patience)).RootElement;
        return answer.TryGetProperty("error", out var error) ? throw new InvalidOperationException(error.GetString()) : answer.GetProperty("result");
    }
}
