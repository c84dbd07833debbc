using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Akka.Remote.Transport;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Testing;

namespace Pikku.Akka;

/// <summary>
/// Several nodes of one cluster in one process. Each node is a host of its own with its own services and clients; the nodes exchange their messages through sockets of
/// 127.0.0.1 on ports that the system chooses. Nodes have the clock of the machine.
/// </summary>
public sealed class PikkuTestCluster : IAsyncDisposable
{
    // A node that gets no processor time for a moment is not silent, and it may take long to answer. Killed nodes must not announce that they leave.
    private const string Akka = """
        akka {
          remote.dot-netty.tcp.applied-adapters = ["trttl"]
          coordinated-shutdown.run-by-actor-system-terminate = off
        }
        """;

    private readonly Func<ClusterNode, CancellationToken, Task<PikkuTestHost>> _start;
    private readonly TimeSpan _patience;
    private readonly List<PikkuTestHost> _nodes = [];

    private PikkuTestCluster(Func<ClusterNode, CancellationToken, Task<PikkuTestHost>> start, TimeSpan patience) => (_start, _patience) = (start, patience);

    /// <summary>The nodes that run, in the order in which they joined.</summary>
    public IReadOnlyList<PikkuTestHost> Nodes => _nodes;

    /// <summary>A node that runs.</summary>
    /// <param name="index">Its position in <see cref="Nodes"/>.</param>
    public PikkuTestHost this[int index] => _nodes[index];

    /// <summary>Starts nodes that have only what the test wires.</summary>
    /// <param name="nodes">The number of nodes.</param>
    /// <param name="wire">Wires the channels; called for each node.</param>
    /// <param name="options">What differs from production; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static Task<PikkuTestCluster> StartAsync(
        int nodes, Action<PikkuBuilder> wire, PikkuTestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(wire);
        options ??= new PikkuTestOptions();
        return StartAsync(nodes, (node, cancel) => PikkuTestHost.StartAsync(wire, options, node, cancel), options, cancellationToken);
    }

    /// <summary>Starts nodes that run the application of a <c>Program</c>.</summary>
    /// <typeparam name="TProgram">A type of the application's assembly, as a rule <c>Program</c>.</typeparam>
    /// <param name="nodes">The number of nodes.</param>
    /// <param name="options">What differs from production; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static Task<PikkuTestCluster> StartAsync<TProgram>(int nodes, PikkuTestOptions? options = null, CancellationToken cancellationToken = default)
        where TProgram : class
    {
        options ??= new PikkuTestOptions();
        return StartAsync(nodes, (node, cancel) => PikkuTestHost.StartAsync<TProgram>(options, node, cancel), options, cancellationToken);
    }

    /// <summary>Starts one more node, and waits until all nodes see it.</summary>
    /// <param name="cancellationToken">Cancels the start.</param>
    public async Task<PikkuTestHost> AddNodeAsync(CancellationToken cancellationToken = default)
    {
        Dictionary<string, string> settings = new()
        {
            ["pikku.cluster.host"] = "127.0.0.1", ["pikku.cluster.port"] = "0", ["pikku.cluster.silent-after"] = "20s", ["pikku.cluster.request-timeout"] = "1m",
        };
        if (_nodes.Count > 0)
            settings["pikku.cluster.seeds"] = $"127.0.0.1:{AddressOf(_nodes[0]).Port}";
        var node = await _start(new ClusterNode(settings, Akka), cancellationToken);
        _nodes.Add(node);
        await UntilAsync(SeesAllAsync, "all nodes see each other");
        return node;
    }

    /// <summary>
    /// Kills a node as a crash does: its clients lose their connections without a close frame, and it leaves nothing behind. The others would notice it after some 15 seconds;
    /// this method tells them at once and waits until they have removed the node.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="remove">False to let the others find out by themselves.</param>
    public async Task KillAsync(PikkuTestHost node, bool remove = true)
    {
        ArgumentNullException.ThrowIfNull(node);
        var address = AddressOf(node);
        foreach (var link in node.Links)
            link.Cut();
        await ThrottleAsync(node, Blackhole.Instance);
        _nodes.Remove(node);
        await SystemOf(node).Terminate();
        await node.DisposeAsync();
        if (!remove || _nodes.Count == 0)
            return;
        global::Akka.Cluster.Cluster.Get(SystemOf(_nodes[0])).Down(address);
        await UntilAsync(() => Task.FromResult(_nodes.All(other => !MembersOf(other).Contains(address))), $"the others remove the node {address}");
    }

    /// <summary>Stops a node as an orchestrator does: it drains its connections and leaves the cluster.</summary>
    /// <param name="node">The node.</param>
    public async Task StopAsync(PikkuTestHost node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var address = AddressOf(node);
        await node.DrainAsync();
        _nodes.Remove(node);
        await node.DisposeAsync();
        await UntilAsync(() => Task.FromResult(_nodes.All(other => !MembersOf(other).Contains(address))), $"the node {address} leaves");
    }

    /// <summary>
    /// Freezes a node as a paused process: neither the other nodes nor its clients receive anything of it or reach it. Its functions and its clock run on, because the process
    /// is the same. After some 15 seconds the others remove it, if they are the majority.
    /// </summary>
    /// <param name="node">The node.</param>
    public async Task FreezeAsync(PikkuTestHost node)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.Network.SetUnplugged(true);
        await ThrottleAsync(node, Blackhole.Instance);
    }

    /// <summary>Continues after <see cref="FreezeAsync"/>. What clients sent to the node in the meantime is lost.</summary>
    /// <param name="node">The node.</param>
    public async Task UnfreezeAsync(PikkuTestHost node)
    {
        ArgumentNullException.ThrowIfNull(node);
        await ThrottleAsync(node, Unthrottled.Instance);
        node.Network.SetUnplugged(false);
    }

    /// <summary>Cuts a node off from the other nodes in both directions. Its clients stay connected.</summary>
    /// <param name="node">The node.</param>
    public Task IsolateAsync(PikkuTestHost node) => ThrottleAsync(node, Blackhole.Instance);

    /// <summary>Continues after <see cref="IsolateAsync"/>.</summary>
    /// <param name="node">The node.</param>
    public Task ReconnectAsync(PikkuTestHost node) => ThrottleAsync(node, Unthrottled.Instance);

    /// <summary>Stops all nodes.</summary>
    public async ValueTask DisposeAsync()
    {
        // The last node that joined leaves first, so that the seed is there until the end.
        foreach (var node in Enumerable.Reverse(_nodes))
            await node.DisposeAsync();
        _nodes.Clear();
    }

    private static async Task<PikkuTestCluster> StartAsync(
        int nodes, Func<ClusterNode, CancellationToken, Task<PikkuTestHost>> start, PikkuTestOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        var cluster = new PikkuTestCluster(start, options.Patience);
        try
        {
            while (cluster._nodes.Count < nodes)
                await cluster.AddNodeAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static ActorSystem SystemOf(PikkuTestHost node) => node.Services.GetRequiredService<ActorSystem>();

    private static Address AddressOf(PikkuTestHost node) => global::Akka.Cluster.Cluster.Get(SystemOf(node)).SelfAddress;

    private static IEnumerable<Address> MembersOf(PikkuTestHost node) => global::Akka.Cluster.Cluster.Get(SystemOf(node)).State.Members.Select(member => member.Address);

    // Each node asks every other one for a report, which shows that messages pass in both directions.
    private async Task<bool> SeesAllAsync()
    {
        foreach (var node in _nodes)
        {
            var report = await node.Services.GetRequiredService<ClusterView>().ReportAsync();
            if (report.Nodes.Count != _nodes.Count || report.Nodes.Any(other => other.Status != $"{MemberStatus.Up}"))
                return false;
        }

        return true;
    }

    private async Task ThrottleAsync(PikkuTestHost node, ThrottleMode mode)
    {
        foreach (var other in _nodes.Where(other => other != node))
        {
            await ThrottleAsync(node, AddressOf(other), mode);
            await ThrottleAsync(other, AddressOf(node), mode);
        }
    }

    private static async Task ThrottleAsync(PikkuTestHost node, Address target, ThrottleMode mode)
    {
        var transport = ((IRemoteActorRefProvider)((ExtendedActorSystem)SystemOf(node)).Provider).Transport;
        if (!await transport.ManagementCommand(new SetThrottle(target, ThrottleTransportAdapter.Direction.Both, mode)))
            throw new InvalidOperationException("The transport between the nodes cannot be interrupted, because the application sets akka.remote.dot-netty.tcp.applied-adapters.");
    }

    private async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > _patience)
                throw new PikkuExpectationException($"It did not happen within {_patience} that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
