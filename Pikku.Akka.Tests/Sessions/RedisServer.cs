using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Sessions;

/// <summary>A Redis server that keeps nothing on disk.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    /// <summary>Why a test is skipped.</summary>
    public const string Missing = "redis-server is not installed. On Debian: apt-get install redis-server.";

    private const int Attempts = 3; // another process may take the port between the search and the start

    private readonly Process _process;

    private RedisServer(Process process, int port)
    {
        _process = process;
        Configuration = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port},connectTimeout=1000,connectRetry=0,syncTimeout=5000");
    }

    /// <summary>How a client of StackExchange.Redis connects.</summary>
    public string Configuration { get; }

    /// <summary>Starts a server on a free port; null when there is none to start.</summary>
    public static async Task<RedisServer?> TryStartAsync()
    {
        var file = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        if (file is null)
            return null;
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var process = Process.Start(new ProcessStartInfo(
                file, ["--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath()])
            {
                RedirectStandardOutput = true,
            })!;
            var ready = ReadyAsync(process);
            if (await ready.Soon())
                return new RedisServer(process, port);
            await process.WaitForExitAsync();
            process.Dispose();
            if (attempt == Attempts)
                throw new InvalidOperationException("redis-server did not start.");
        }
    }

    public async Task StopAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private static async Task<bool> ReadyAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync(); // the server must not wait for a reader
                return true;
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
