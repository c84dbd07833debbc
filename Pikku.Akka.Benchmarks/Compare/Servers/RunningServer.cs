using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pikku.Akka.Benchmarks.Compare.Plan;

namespace Pikku.Akka.Benchmarks.Compare.Servers;

/// <summary>A server in its own process, with the runtime's default settings except for those that it sets itself.</summary>
internal sealed class RunningServer : IDisposable
{
    private readonly Process _process;
    private readonly string _log;

    private RunningServer(Contender contender, int port, string log, Process process)
    {
        Contender = contender;
        Port = port;
        _log = log;
        _process = process;
    }

    public Contender Contender { get; }

    public int Port { get; }

    public int Pid => _process.Id;

    public bool IsRunning => !_process.HasExited;

    /// <summary>The number of errors that the server has logged. A busy machine causes warnings, which say nothing about the server.</summary>
    public int Errors => File.Exists(_log) ? File.ReadLines(_log).Count(line => line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal)) : 0;

    /// <summary>The CPU time that the process has used.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public double ResidentMiB
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / (1024.0 * 1024);
        }
    }

    /// <summary>Starts the process and redirects its output to a file in <paramref name="logs"/>.</summary>
    public static RunningServer Launch(Contender contender, string logs)
    {
        var port = FreePort();
        var log = Path.Combine(logs, contender.Name + ".log");

        // The shell redirects the output and then replaces itself with the server, so its process id is the server's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>&1", log, .. contender.Command(port)]);
        CleanEnvironment(start.Environment);
        return new RunningServer(contender, port, log, Process.Start(start)!);
    }

    /// <exception cref="InvalidOperationException">The process exited or did not listen within a minute.</exception>
    public static async Task<RunningServer> StartAsync(Contender contender, string logs, CancellationToken cancel)
    {
        var server = Launch(contender, logs);
        try
        {
            await server.WaitUntilListening(cancel);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public async Task WaitUntilListening(CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        while (!await Listens(cancel))
        {
            if (_process.HasExited || clock.Elapsed > TimeSpan.FromMinutes(1))
                throw new InvalidOperationException($"{Contender.Name} does not listen: {LastLine()}");
            await Task.Delay(5, cancel);
        }
    }

    public void Dispose()
    {
        // Killed instead of stopped, because the output of a stopping server is not needed.
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void CleanEnvironment(IDictionary<string, string?> environment)
    {
        var settings = environment.Keys.Where(name =>
            (name.StartsWith("DOTNET_", StringComparison.Ordinal) && !name.StartsWith("DOTNET_ROOT", StringComparison.Ordinal))
            || name.StartsWith("COMPlus_", StringComparison.Ordinal)
            || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal));
        foreach (var name in settings.ToArray())
            environment.Remove(name);
        environment["NODE_ENV"] = "production";
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task<bool> Listens(CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string LastLine() => File.Exists(_log) ? File.ReadLines(_log).LastOrDefault(line => line.Length > 0) ?? "it printed nothing" : "there is no log";
}
