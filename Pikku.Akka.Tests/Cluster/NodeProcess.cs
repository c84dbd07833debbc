using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Conformance;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A node of a cluster in its own process.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    // Starts are what a busy machine takes longest for, above all when several nodes start at once.
    private static readonly TimeSpan s_startTimeout = 2 * Eventually.Patience;

    private static readonly HttpClient s_http = new();

    private readonly Process _process;

    private NodeProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>The address for clients.</summary>
    public Uri Address { get; }

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
    public static Task<NodeProcess> StartAsync(int port, int clusterPort, IEnumerable<int> seeds, string? state = null) =>
        StartAsync(new Uri($"http://127.0.0.1:{port}"), new IPEndPoint(IPAddress.Loopback, clusterPort), seeds.Select(seed => new IPEndPoint(IPAddress.Loopback, seed)), state);

    /// <inheritdoc cref="StartAsync(int, int, IEnumerable{int}, string?)"/>
    /// <param name="address">The address for clients.</param>
    /// <param name="cluster">The address for the other nodes.</param>
    /// <param name="seeds">The addresses of the seeds.</param>
    /// <param name="state">The directory in which the node remembers the members of its cluster; null for none.</param>
    /// <param name="network">The network namespace of the process; null for that of the test.</param>
    public static async Task<NodeProcess> StartAsync(Uri address, IPEndPoint cluster, IEnumerable<IPEndPoint> seeds, string? state = null, string? network = null)
    {
        // ip replaces itself by the program, so signals reach the node.
        string[] command =
        [
            .. network is null ? (string[])[] : ["ip", "netns", "exec", network],
            "dotnet", typeof(ConformanceApp).Assembly.Location, "--urls", address.GetLeftPart(UriPartial.Authority),
            "--Logging:LogLevel:Default", "Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information",
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["PIKKU_CLUSTER_HOST"] = $"{cluster.Address}";
        start.Environment["PIKKU_CLUSTER_PORT"] = $"{cluster.Port}";
        start.Environment["PIKKU_CLUSTER_SEEDS"] = string.Join(',', seeds);
        if (state is not null)
            start.Environment["PIKKU__CLUSTER__STATE_DIRECTORY"] = state;
        start.Environment["PIKKU__CLUSTER__JOIN_TIMEOUT"] = $"{s_startTimeout.TotalSeconds}s";
        start.Environment["PIKKU__SHUTDOWN__RECONNECT_SPREAD"] = "100ms";
        // A node that gets no processor time for a moment repairs late, and a client must not be told that its position is lost because of that.
        start.Environment["PIKKU__HISTORY__WAIT"] = "30s";
        var process = Process.Start(start)!;
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new List<string>();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
                output.Add(text);
            if (line.Data is null)
                listening.TrySetException(new InvalidOperationException($"The node ended before it listened. It wrote:\n{Text(output)}"));
            else if (line.Data.Contains("Now listening on", StringComparison.Ordinal))
                listening.TrySetResult();
        };
        process.BeginOutputReadLine();
        var node = new NodeProcess(process, address);
        try
        {
            await listening.Task.WaitAsync(s_startTimeout);
            return node;
        }
        catch (TimeoutException)
        {
            await node.DisposeAsync();
            throw new TimeoutException($"The node does not listen after {s_startTimeout}. It wrote:\n{Text(output)}");
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }

        static string Text(List<string> output) => string.Join('\n', output.TakeLast(40));
    }

    /// <summary>Starts a node on the ports that it had. While it was down, an outgoing connection of another test may have taken one of them for a moment.</summary>
    public static async Task<NodeProcess> StartAgainAsync(Func<Task<NodeProcess>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start();
            }
            catch (InvalidOperationException error) when (attempt < 5 && error.Message.Contains("in use", StringComparison.OrdinalIgnoreCase))
            {
            }
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

    /// <summary>Connects a client. A node of a busy machine may have no contact with the others for a while, and refuses connections meanwhile.</summary>
    public async Task<TextClient> ConnectAsync(string channel, string? subprotocol = null)
    {
        TextClient? client = null;
        await Eventually.Holds(
            async () =>
            {
                try
                {
                    client = await TextClient.Connect(new UriBuilder(Address) { Scheme = "ws", Path = channel }.Uri, options =>
                    {
                        if (subprotocol is not null)
                            options.AddSubProtocol(subprotocol);
                    });
                    return true;
                }
                catch (WebSocketException error) when (error.Message.Contains("503", StringComparison.Ordinal))
                {
                    return false;
                }
            },
            "the node accepts connections");
        return client!;
    }

    /// <summary>Publishes one event on the topic of <see cref="Subscriber"/>.</summary>
    public async Task PublishAsync(string data)
    {
        using var publisher = await ConnectAsync("events");
        await publisher.Ask($$"""{"action":"publish","topic":"{{Subscriber.Topic}}","data":"{{data}}"}""");
    }

    /// <summary>Publishes one event on a topic of <see cref="Follower"/>.</summary>
    public async Task PublishToFeedAsync(string feed, string publisher)
    {
        using var client = await ConnectAsync("feed");
        Assert.Equal(
            """{"action":"publish"}""",
            await client.Ask($$$"""{"action":"publish","name":"{{{feed}}}","event":{"publisher":"{{{publisher}}}","number":0}}"""));
    }

    /// <summary>The number of cluster members that this node sees.</summary>
    public async Task<int> MembersAsync()
    {
        var report = await s_http.GetFromJsonAsync<JsonElement>(new Uri(Address, "cluster"));
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
