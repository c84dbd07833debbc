using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>A server that a test has built, in its own process.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string address)
    {
        _process = process;
        Page = new Uri($"http://{address}");
        _ = process.StandardOutput.ReadToEndAsync(); // a full pipe would hold the server up
    }

    public Uri Page { get; }

    /// <summary>Starts the server on a port that is free, and returns when it listens.</summary>
    public static Task<ServerProcess> StartAsync(string folder, string assembly, params (string Name, string Value)[] variables) => StartAsync(folder, assembly, 0, [], variables);

    /// <summary>Starts the server, and returns when it listens.</summary>
    /// <param name="folder">The working directory, which has the page and the settings.</param>
    /// <param name="assembly">The assembly of the server.</param>
    /// <param name="port">The port; 0 for one that is free.</param>
    /// <param name="arguments">More arguments of the server.</param>
    /// <param name="variables">Environment variables.</param>
    public static async Task<ServerProcess> StartAsync(string folder, string assembly, int port, IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        var process = Sdk.Start(folder, [assembly, "--urls", $"http://127.0.0.1:{port}", .. arguments], variables);
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
            if (Listening().Match(line) is { Success: true } match)
                return new ServerProcess(process, match.Groups["address"].Value);
        throw new InvalidOperationException("The server ended before it listened.");
    }

    /// <summary>Connects to a channel, sends a message, and closes the connection after the first message that comes back.</summary>
    /// <param name="path">The path of the channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="token">The bearer token; null for none.</param>
    /// <returns>The message that came back.</returns>
    public async Task<string> AskAsync(string path, string message, string? token = null)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        using var socket = new ClientWebSocket();
        if (token is not null)
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(new UriBuilder(new Uri(Page, path)) { Scheme = Uri.UriSchemeWs }.Uri, patience.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, patience.Token);
        var buffer = new byte[1024];
        var reply = await socket.ReceiveAsync(buffer, patience.Token);
        Assert.True(reply.EndOfMessage);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, reply.Count);
    }

    /// <summary>Stops the server as an operator does.</summary>
    /// <param name="signal">The signal: that of a service manager by default, <c>INT</c> for Ctrl+C.</param>
    public async Task StopAsync(string signal = "TERM")
    {
        if (OperatingSystem.IsWindows())
            return; // there are no signals

        using (Process.Start("kill", [$"-{signal}", $"{_process.Id}"]))
            await _process.WaitForExitAsync().WaitAsync(Eventually.Patience);
        Assert.Equal(0, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex("listening on: http://(?<address>[0-9.:]+)")]
    private static partial Regex Listening();
}
