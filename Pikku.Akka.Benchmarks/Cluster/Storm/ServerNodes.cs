using System.Net;
using System.Net.Sockets;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Servers;
using Pikku.Akka.Benchmarks.Server;

namespace Pikku.Akka.Benchmarks.Cluster.Storm;

/// <summary>Servers (<see cref="BenchServer"/>) that form a cluster, each in its own process.</summary>
internal sealed class ServerNodes : IDisposable
{
    private readonly List<RunningServer> _servers = [];

    private ServerNodes()
    {
    }

    /// <summary>Starts the servers one after another. Their output goes to files in <paramref name="logs"/>.</summary>
    /// <exception cref="InvalidOperationException">A server exited or did not listen.</exception>
    public static async Task<ServerNodes> StartAsync(int count, string logs)
    {
        var nodes = new ServerNodes();
        try
        {
            var ports = FreePorts(count);
            for (var i = 0; i < count; i++)
                nodes._servers.Add(await RunningServer.StartAsync(Node(i, ports), Directory.CreateDirectory(logs).FullName, CancellationToken.None));
            return nodes;
        }
        catch
        {
            nodes.Dispose();
            throw;
        }
    }

    public IReadOnlyList<RunningServer> Servers => _servers;

    /// <summary>The address of the channel with topics on a server.</summary>
    public Uri Url(int server) => new($"ws://127.0.0.1:{_servers[server].Port}{BenchServer.TopicsPath}");

    /// <summary>Ends the last server with SIGKILL.</summary>
    public void KillLast()
    {
        _servers[^1].Dispose();
        _servers.RemoveAt(_servers.Count - 1);
    }

    public void Dispose() => _servers.ForEach(server => server.Dispose());

    private static Contender Node(int index, int[] ports)
    {
        var ours = Contenders.Ours();
        return ours with
        {
            Name = $"node-{index}",
            Command = port =>
            [
                "/usr/bin/env", "PIKKU_CLUSTER_HOST=127.0.0.1", $"PIKKU_CLUSTER_PORT={ports[index]}",
                $"PIKKU_CLUSTER_SEEDS={string.Join(',', ports[..2].Select(seed => $"127.0.0.1:{seed}"))}", .. ours.Command(port),
            ],
        };
    }

    // The nodes must know the ports of the seeds before they start.
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            foreach (var listener in listeners)
                listener.Start();
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
    }
}
