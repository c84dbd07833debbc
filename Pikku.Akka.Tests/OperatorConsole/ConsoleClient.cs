using System.Text.Json;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>The channel of the console, without its page.</summary>
internal sealed class ConsoleClient(TextClient client) : IDisposable
{
    private int _ids;

    public static async Task<ConsoleClient> ConnectAsync(Lab lab, string? user = null, DateTimeOffset? expires = null) => new(await TextClient.Connect(lab.Ws("/pikku/live"), options =>
    {
        options.AddSubProtocol("pikku.v1");
        if (user is not null)
            options.SetRequestHeader("X-Name", user);
        if (expires is { } end)
            options.SetRequestHeader("X-Expires", end.ToString("O"));
    }));

    /// <summary>The data of the reply to an action.</summary>
    public async Task<JsonElement> AskAsync(string action, object? data = null)
    {
        var reply = await ReplyAsync(action, data);
        Assert.False(reply.TryGetProperty("error", out var error), $"{action}: {error}");
        return reply.TryGetProperty("data", out var value) ? value : default;
    }

    /// <summary>The error of the reply to an action.</summary>
    public async Task<JsonElement> RefusedAsync(string action, object? data = null) => (await ReplyAsync(action, data)).GetProperty("error");

    /// <summary>The items of a stream, as they come.</summary>
    public async IAsyncEnumerable<JsonElement> StreamAsync(string action, object? data = null)
    {
        var id = await SendAsync(action, data);
        while (await NextAsync(id) is var next && next.TryGetProperty("item", out var item))
            yield return item;
    }

    /// <summary>Sends an action and reads until the server closes.</summary>
    /// <returns>The close code, and how many items of a stream came before.</returns>
    public async Task<(int? Code, int Items)> UntilClosedAsync(string action, object? data = null)
    {
        await SendAsync(action, data);
        var items = 0;
        while (await client.Receive() is { } text)
            items += JsonDocument.Parse(text).RootElement.TryGetProperty("item", out _) ? 1 : 0;
        return ((int?)client.CloseCode, items);
    }

    /// <summary>Reads until the server closes.</summary>
    /// <returns>The close code.</returns>
    public async Task<int?> ClosedAsync() => (int?)await client.AwaitClose();

    public void Dispose() => client.Dispose();

    private async Task<JsonElement> ReplyAsync(string action, object? data) => await NextAsync(await SendAsync(action, data));

    private async Task<int> SendAsync(string action, object? data)
    {
        var id = ++_ids;
        await client.Send(JsonSerializer.Serialize(new { action, id, data = data ?? new { } }));
        return id;
    }

    // Messages of earlier streams may come in between.
    private async Task<JsonElement> NextAsync(int id)
    {
        while (true)
        {
            var text = await client.Receive();
            Assert.NotNull(text);
            var message = JsonDocument.Parse(text).RootElement;
            if (message.TryGetProperty("id", out var of) && of.GetInt32() == id)
                return message;
        }
    }
}
