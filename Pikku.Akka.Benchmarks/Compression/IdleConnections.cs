using System.Net.WebSockets;
using System.Text;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Compression;

/// <summary>
/// The memory of the server for connections that have sent and received one message of 2 KiB and then nothing, with and without compression. Each measurement has a new
/// process, whose first connections are not counted, because they load code and fill pools.
/// </summary>
internal static class IdleConnections
{
    private const int WarmUp = 500; // connections
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(10); // the collector returns memory late

    public static async Task<string> MeasureAsync(int connections, int rounds)
    {
        var table = new MarkdownTable("compression", "KiB per connection", "of each round");
        var results = new Dictionary<bool, List<double>> { [false] = [], [true] = [] };
        for (var round = 0; round < rounds; round++)
            foreach (var compressed in (bool[])[false, true])
                results[compressed].Add(await MeasureAsync(connections, compressed));
        foreach (var (compressed, all) in results)
            table.Add(compressed ? "negotiated" : "not negotiated", $"{all.Order().ElementAt(all.Count / 2):F1}", string.Join(" · ", all.Select(one => $"{one:F1}")));
        return table.ToString();
    }

    private static async Task<double> MeasureAsync(int connections, bool compressed)
    {
        var ours = Contenders.Ours();
        using var server = await RunningServer.StartAsync(
            ours with { Command = port => [.. ours.Command(port), "--pikku:compression:enabled=on"] }, Directory.CreateTempSubdirectory().FullName, CancellationToken.None);
        await CloseAsync(await OpenAsync(server.Port, WarmUp, compressed));
        await Task.Delay(s_settle);
        var before = server.ResidentMiB;
        var sockets = await OpenAsync(server.Port, connections, compressed);
        await Task.Delay(s_settle);
        var after = server.ResidentMiB;
        await CloseAsync(sockets);
        Console.Error.WriteLine($"{(compressed ? "compressed" : "plain")}: {before:F1} → {after:F1} MiB");
        return (after - before) * 1024 / connections;
    }

    private static async Task<List<ClientWebSocket>> OpenAsync(int port, int count, bool compressed)
    {
        var sockets = new List<ClientWebSocket>();
        var text = string.Concat(Enumerable.Range(0, 200).Select(i => $"number {i} "));
        var message = Encoding.UTF8.GetBytes($$"""{"action":"echo","text":"{{text}}"}""");
        var buffer = new byte[16 * 1024];
        for (var i = 0; i < count; i++)
        {
            var socket = new ClientWebSocket();
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            if (compressed)
                socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = false, ServerContextTakeover = false };
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/bench"), CancellationToken.None);
            await socket.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
            while (!(await socket.ReceiveAsync(buffer, CancellationToken.None)).EndOfMessage)
            {
            }

            sockets.Add(socket);
        }

        return sockets;
    }

    private static async Task CloseAsync(List<ClientWebSocket> sockets)
    {
        foreach (var socket in sockets)
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            socket.Dispose();
        }
    }
}
