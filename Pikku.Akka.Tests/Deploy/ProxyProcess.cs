using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Pikku.Akka.Tests.Cluster;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Deploy;

/// <summary>A proxy with the configuration of <c>deploy/</c>, in which only addresses, certificates and paths are replaced.</summary>
internal sealed partial class ProxyProcess : IAsyncDisposable
{
    public const string Nginx = "nginx";
    public const string Caddy = "caddy";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private ProxyProcess(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    public Uri Ws(string path) => new UriBuilder(Address) { Scheme = "ws", Path = path }.Uri;

    /// <summary>Starts a proxy, and returns when it listens. Skips the test where the program is not installed.</summary>
    /// <param name="program"><see cref="Nginx"/> or <see cref="Caddy"/>.</param>
    /// <param name="nodes">The ports of three nodes.</param>
    /// <param name="change">Changes the configuration further.</param>
    public static async Task<ProxyProcess> StartAsync(string program, IReadOnlyList<int> nodes, Func<string, string>? change = null)
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no signals.");
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Skip.If(path is null, $"{program} is not installed. Install it (apt-get install {program}).");
        var folder = Directory.CreateTempSubdirectory("pikku-proxy-");
        var port = NodeProcess.FreePorts(1)[0];
        var (file, arguments) = program == Nginx ? ForNginx(folder.FullName, port, nodes, change) : ForCaddy(folder.FullName, port, nodes, change);
        await File.WriteAllTextAsync(file.Path, file.Text);
        var start = new ProcessStartInfo(path!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        // Caddy keeps its state below these.
        start.Environment["HOME"] = start.Environment["XDG_DATA_HOME"] = start.Environment["XDG_CONFIG_HOME"] = folder.FullName;
        var process = Process.Start(start)!;
        var output = new StringBuilder();
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var proxy = new ProxyProcess(process, folder, port);
        try
        {
            await Eventually.Holds(() => process.HasExited ? throw new InvalidOperationException($"{program} ended:\n{Text(output)}") : ListensAsync(port), $"{program} listens");
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // The master of nginx ends its workers; a killed one would leave them behind.
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await kill.WaitForExitAsync();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static ((string Path, string Text) File, string[] Arguments) ForNginx(string folder, int port, IReadOnlyList<int> nodes, Func<string, string>? change)
    {
        var shipped = WithNodes(File.ReadAllText(Repository.PathOf("deploy", "nginx", "pikku.conf")), nodes);
        shipped = Replace(shipped, "listen 443 ssl;", $"listen 127.0.0.1:{port};");
        shipped = Replace(shipped, "/var/log/nginx/pikku.log", $"{folder}/access.log");
        shipped = CertificateOfNginx().Replace(shipped, "");
        var text = $$"""
            daemon off;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log stderr warn;
            events { worker_connections 256; }
            http {
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                {{(change ?? (same => same))(shipped)}}
            }
            """;
        var file = Path.Combine(folder, "nginx.conf");
        return ((file, text), ["-p", folder, "-c", file, "-e", "stderr"]);
    }

    private static ((string Path, string Text) File, string[] Arguments) ForCaddy(string folder, int port, IReadOnlyList<int> nodes, Func<string, string>? change)
    {
        var shipped = WithNodes(File.ReadAllText(Repository.PathOf("deploy", "caddy", "Caddyfile")), nodes);
        shipped = Replace(shipped, "chat.example.com {", $"http://127.0.0.1:{port} {{\n\tbind 127.0.0.1");
        var file = Path.Combine(folder, "Caddyfile");
        return ((file, $"{{\n\tadmin off\n}}\n{(change ?? (same => same))(shipped)}"), ["run", "--config", file, "--adapter", "caddyfile"]);
    }

    private static string WithNodes(string text, IReadOnlyList<int> nodes)
    {
        for (var i = 0; i < 3; i++)
            text = Replace(text, $"10.0.0.{(i + 1).ToString(CultureInfo.InvariantCulture)}:8080", $"127.0.0.1:{nodes[i]}");
        return text;
    }

    // The test would otherwise run something else than what is shipped.
    private static string Replace(string text, string old, string next)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, next, StringComparison.Ordinal);
    }

    private static async Task<bool> ListensAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Append(StringBuilder output, string? line)
    {
        lock (output)
            output.AppendLine(line);
    }

    private static string Text(StringBuilder output)
    {
        lock (output)
            return output.ToString();
    }

    [GeneratedRegex(@"^ *ssl_certificate(_key)? .*;$", RegexOptions.Multiline)]
    private static partial Regex CertificateOfNginx();
}
