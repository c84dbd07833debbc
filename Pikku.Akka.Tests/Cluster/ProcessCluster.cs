using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// A cluster of processes for the tests of a class. Each test begins with three nodes: <see cref="HealAsync"/> starts those again that the test before it has killed.
/// </summary>
public sealed class ProcessCluster : IAsyncLifetime
{
    /// <summary>The number of nodes at the start of a test.</summary>
    public const int Usual = 3;

    // A test may add two nodes.
    private const int Most = Usual + 2;

    private readonly NodeProcess?[] _nodes = new NodeProcess?[Most];
    private readonly int[] _ports = NodeProcess.FreePorts(2 * Most);

    /// <summary>The addresses of all nodes for clients, also of those that do not run.</summary>
    internal IReadOnlyList<Uri> Addresses => [.. _ports[..Most].Select(port => new Uri($"ws://127.0.0.1:{port}"))];

    /// <summary>The nodes that run.</summary>
    internal IReadOnlyList<int> Running => [.. Enumerable.Range(0, Most).Where(node => _nodes[node] is not null)];

    // All nodes that run from the beginning, so that each of them finds the others after it was killed.
    private int[] Seeds => _ports[Most..(Most + Usual)];

    public async Task InitializeAsync()
    {
        if (!OperatingSystem.IsWindows())
            await Task.WhenAll(Enumerable.Range(0, Usual).Select(StartAsync));
    }

    public Task DisposeAsync() => NodeProcess.EndAsync(_nodes.OfType<NodeProcess>());

    internal NodeProcess Node(int node) => _nodes[node] ?? throw new InvalidOperationException($"Node {node} does not run.");

    /// <summary>Starts a node, and returns when it accepts connections.</summary>
    internal async Task StartAsync(int node) => _nodes[node] = await NodeProcess.StartAgainAsync(() => NodeProcess.StartAsync(_ports[node], _ports[Most + node], Seeds));

    /// <summary>Kills nodes at the same time, without a chance to say anything.</summary>
    internal async Task KillAsync(params int[] nodes)
    {
        foreach (var node in nodes)
            Node(node).Kill();
        foreach (var node in nodes)
            await EndAsync(node);
    }

    /// <summary>Stops a node as an orchestrator does.</summary>
    internal async Task StopAsync(int node)
    {
        Node(node).Signal("TERM");
        await Node(node).ExitAsync();
        Assert.Equal(0, Node(node).ExitCode);
        await EndAsync(node);
    }

    /// <summary>Returns when a node has ended itself.</summary>
    internal async Task ExitAsync(int node)
    {
        await Node(node).ExitAsync();
        await EndAsync(node);
    }

    /// <summary>Starts the usual nodes that do not run, stops the others, and returns when the nodes see one another.</summary>
    internal async Task HealAsync()
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no signals.");
        await Task.WhenAll(Enumerable.Range(0, Usual).Where(node => _nodes[node] is null).Select(StartAsync));
        foreach (var node in Running.Where(node => node >= Usual))
            await StopAsync(node);
        await MembersAsync(Usual);
    }

    /// <summary>Returns when all nodes that run see so many members.</summary>
    internal async Task MembersAsync(int members)
    {
        foreach (var node in Running)
            await Eventually.Holds(async () => await Node(node).MembersAsync() == members, $"node {node} sees {members} members");
    }

    private async Task EndAsync(int node)
    {
        await Node(node).DisposeAsync();
        _nodes[node] = null;
    }
}
