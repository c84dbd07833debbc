using System.Net.WebSockets;
using System.Text;
using Pikku.Akka.Benchmarks.Compare.Plan;

namespace Pikku.Akka.Benchmarks.Compare.Trials;

/// <summary>Sends one echo in the protocol of a server.</summary>
internal static class FirstEcho
{
    private const string Text = "first-echo";

    /// <summary>Returns true if the text came back.</summary>
    public static async Task<bool> TryAsync(Contender contender, int port, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var (path, messages) = Conversation(contender.Protocol);
        using var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}{(contender.Path.Length > 0 ? contender.Path : path)}"), patience.Token);
            foreach (var message in messages)
                await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
            var buffer = new byte[4096];
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer, patience.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                    return false;
                if (Encoding.UTF8.GetString(buffer, 0, received.Count).Contains(Text, StringComparison.Ordinal))
                    return true;
            }
        }
        catch (Exception e) when (e is WebSocketException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }

    private static (string Path, string[] Messages) Conversation(string protocol) => protocol switch
    {
        "raw" => ("/echo", [Text]),
        "pikku" => ("/", [$$"""{"action":"echo","id":"1","text":"{{Text}}"}"""]),
        "signalr" => ("/hub", [
            "{\"protocol\":\"json\",\"version\":1}\u001e",
            $$"""{"type":1,"invocationId":"1","target":"Echo","arguments":["{{Text}}"]}""" + "\u001e"]),
        "socketio" => ("/socket.io/?EIO=4&transport=websocket", ["40", $"420[\"echo\",\"{Text}\"]"]),
        _ => throw new ArgumentException($"unknown protocol {protocol}", nameof(protocol)),
    };
}
