using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Pikku.Akka.Tests.Host;

/// <summary>A PostgreSQL server of its own on a free port, with the programs of Debian's package.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _programs;
    private readonly DirectoryInfo _folder;

    private PostgresServer(string programs, DirectoryInfo folder, int port)
    {
        _programs = programs;
        _folder = folder;
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=pikku;Database=postgres;Timeout=60";
    }

    public string ConnectionString { get; }

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>Starts a server, and returns when it accepts connections. Skips the test where PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        Skip.If(OperatingSystem.IsWindows(), "The test looks for PostgreSQL where Debian installs it.");
        Skip.If(FindPrograms() is null, "PostgreSQL is not installed. Install it (apt-get install postgresql).");
        var folder = Directory.CreateTempSubdirectory("pikku-postgres-");
        if (Environment.UserName == "root")
            await RunAsync("chown", "postgres", folder.FullName);
        var port = FreePort();
        var server = new PostgresServer(FindPrograms()!, folder, port);
        await server.RunAsServerAsync("initdb", "-D", server.Data, "-U", "pikku", "-A", "trust", "--no-sync");
        // A socket file is not needed, and the folder of the default one may belong to somebody else.
        await server.RunAsServerAsync(
            "pg_ctl", "-D", server.Data, "-l", Path.Combine(folder.FullName, "log"), "-w", "-o", $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off",
            "start");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsServerAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        _folder.Delete(recursive: true);
    }

    private static string? FindPrograms() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")) : [])
            .LastOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));

    // PostgreSQL refuses to run as root, so root runs it as the user that Debian's package creates.
    private Task RunAsServerAsync(string program, params string[] arguments) => Environment.UserName == "root"
        ? RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(_programs, program), .. arguments])
        : RunAsync(Path.Combine(_programs, program), arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server inherits the streams, so they must not be pipes: the end of the starting program would not close them.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "\"$@\" >/dev/null 2>&1", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
