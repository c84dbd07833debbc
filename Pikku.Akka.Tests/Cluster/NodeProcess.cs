using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Conformance;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A node of a cluster in its own process.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly HttpClient s_http = new();

    private readonly Process _process;

    private NodeProcess(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    /// <summary>The address for clients.</summary>
    public int Port { get; }

    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Returns ports that are free now. Nodes must know each other's ports before they start.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            return [.. listeners.Select(listener =>
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            })];
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Stop();
        }
    }

    /// <summary>Starts a node, and returns when it accepts connections.</summary>
    /// <param name="port">The port for clients.</param>
    /// <param name="clusterPort">The port for the other nodes.</param>
    /// <param name="seeds">The ports of the seeds.</param>
    /// <param name="state">The directory in which the node remembers the members of its cluster; null for none.</param>
    public static async Task<NodeProcess> StartAsync(int port, int clusterPort, IEnumerable<int> seeds, string? state = null)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ConformanceApp).Assembly.Location, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["PIKKU_CLUSTER_HOST"] = "127.0.0.1";
        start.Environment["PIKKU_CLUSTER_PORT"] = $"{clusterPort}";
        start.Environment["PIKKU_CLUSTER_SEEDS"] = string.Join(',', seeds.Select(seed => $"127.0.0.1:{seed}"));
        if (state is not null)
            start.Environment["PIKKU__CLUSTER__STATE_DIRECTORY"] = state;
        start.Environment["PIKKU__SHUTDOWN__RECONNECT_SPREAD"] = "100ms";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        var process = Process.Start(start)!;
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new List<string>();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
                output.Add(text);
            if (line.Data is null)
                listening.TrySetException(new InvalidOperationException($"The node ended before it listened. It wrote:\n{string.Join('\n', output.TakeLast(40))}"));
            else if (line.Data.Contains("Now listening on", StringComparison.Ordinal))
                listening.TrySetResult();
        };
        process.BeginOutputReadLine();
        var node = new NodeProcess(process, port);
        try
        {
            await listening.Task.WaitAsync(Eventually.Patience);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public void Kill() => _process.Kill();

    /// <summary>Sends a signal, such as <c>TERM</c>, <c>STOP</c> or <c>CONT</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public Task ExitAsync() => _process.WaitForExitAsync().WaitAsync(Eventually.Patience);

    public Task<TextClient> ConnectAsync(string channel) => TextClient.Connect(new Uri($"ws://127.0.0.1:{Port}/{channel}"));

    /// <summary>Publishes one event on the topic of <see cref="Subscriber"/>.</summary>
    public async Task PublishAsync(string data)
    {
        using var publisher = await ConnectAsync("events");
        await publisher.Ask($$"""{"action":"publish","topic":"{{Subscriber.Topic}}","data":"{{data}}"}""");
    }

    /// <summary>The number of cluster members that this node sees.</summary>
    public async Task<int> MembersAsync()
    {
        var report = await s_http.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{Port}/cluster");
        return report.GetProperty("nodes").GetArrayLength();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Kills the processes of these nodes.</summary>
    public static async Task EndAsync(IEnumerable<NodeProcess> nodes)
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    /// <summary>Starts nodes one after another. The first node is the seed of all of them.</summary>
    public static async Task<NodeProcess[]> StartAsync(int count)
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no signals.");
        var ports = FreePorts(2 * count);
        var nodes = new List<NodeProcess>();
        try
        {
            for (var i = 0; i < count; i++)
                nodes.Add(await StartAsync(ports[i], ports[count + i], [ports[count]]));
            return [.. nodes];
        }
        catch
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
            throw;
        }
    }
}
