using System.Diagnostics;
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
        (Page, Socket) = (new Uri($"http://{address}"), new Uri($"ws://{address}"));
        _ = process.StandardOutput.ReadToEndAsync(); // a full pipe would hold the server up
    }

    public Uri Page { get; }

    public Uri Socket { get; }

    /// <summary>Starts the server on a port that is free, and returns when it listens.</summary>
    /// <param name="folder">The working directory, which has the page and the settings.</param>
    /// <param name="assembly">The assembly of the server.</param>
    /// <param name="variables">Environment variables.</param>
    public static async Task<ServerProcess> StartAsync(string folder, string assembly, params (string Name, string Value)[] variables)
    {
        var process = Sdk.Start(folder, [assembly, "--urls", "http://127.0.0.1:0"], variables);
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
            if (Listening().Match(line) is { Success: true } match)
                return new ServerProcess(process, match.Groups["address"].Value);
        throw new InvalidOperationException("The server ended before it listened.");
    }

    /// <summary>Stops the server as an operator does.</summary>
    public async Task StopAsync()
    {
        if (OperatingSystem.IsWindows())
            return; // there are no signals

        using (Process.Start("kill", ["-TERM", $"{_process.Id}"]))
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
