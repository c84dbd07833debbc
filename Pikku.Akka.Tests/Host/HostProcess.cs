using System.Diagnostics;
using Pikku.Akka.Host;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Host;

/// <summary>A running Host in its own process, which a test can stop and continue.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;

    private readonly DataFolder _data;

    private HostProcess(Process process, Uri address, DataFolder data)
    {
        _process = process;
        _data = data;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Starts a Host on a free port, and returns when it accepts connections.</summary>
    public static async Task<HostProcess> StartAsync(params string[] args)
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no signals.");
        var data = new DataFolder();
        var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                typeof(HostApp).Assembly.Location, "--urls", "http://127.0.0.1:0", "--environment", "Development", "--AllowedHosts=127.0.0.1",
                "--Logging:LogLevel:Default=Warning", data.Argument, .. args,
            ])
        {
            RedirectStandardOutput = true,
        })!;
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                address.TrySetException(new InvalidOperationException("The Host ended before it listened."));
            else if (line.Data.StartsWith("Page ", StringComparison.Ordinal))
                address.TrySetResult(new Uri(line.Data["Page ".Length..].Trim()));
        };
        process.BeginOutputReadLine();
        try
        {
            return new HostProcess(process, await address.Task.WaitAsync(Eventually.Patience), data);
        }
        catch
        {
            await EndAsync(process);
            throw;
        }
    }

    /// <summary>Sends a signal, such as <c>STOP</c> or <c>CONT</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(_process);
        _data.Dispose();
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill(); // also ends a process that is stopped
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
