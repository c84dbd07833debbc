using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;
using Pikku.Akka.Tests.Connections;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// Three whole nodes of one cluster in this process. The last one can be cut off, so that it does not respond, like a process that is stopped. The
/// others take minutes to consider it unreachable.
/// </summary>
internal sealed class ThreeCutNodes : IAsyncDisposable
{
    /// <summary>The maximum number of bytes in transit to a node.</summary>
    public const int MaxUnacknowledged = 4 << 20;

    private readonly List<LiveNode> _nodes = [];

    public LiveNode First => _nodes[0];

    public LiveNode Second => _nodes[1];

    public LiveNode Cut => _nodes[2];

    /// <summary>Starts the nodes. The timeout of requests to other nodes is one minute, which is longer than any test.</summary>
    public static async Task<ThreeCutNodes> StartAsync(Action<PikkuBuilder> app, string hocon = "")
    {
        var all = new ThreeCutNodes();
        for (var i = 0; i < 3; i++)
        {
            var seeds = all._nodes.Count == 0 ? "" : $"pikku.cluster.seeds = [\"127.0.0.1:{AddressOf(all.First).Port}\"]";
            all._nodes.Add(await LiveNode.StartAppAsync(app, $$"""
                pikku.cluster { host = "127.0.0.1", port = 0, request-timeout = 1m, max-unacknowledged-messages = {{MaxUnacknowledged}}B }
                akka {
                  loglevel = ERROR
                  remote.dot-netty.tcp.applied-adapters = ["trttl"]
                  cluster.failure-detector.acceptable-heartbeat-pause = 5m
                }
                {{seeds}}
                {{hocon}}
                """));
        }

        return all;
    }

    /// <summary>Cuts off the last node in both directions.</summary>
    public Task CutAsync() => SetAsync(Blackhole.Instance);

    /// <summary>Connects the last node with the others again.</summary>
    public Task MendAsync() => SetAsync(Unthrottled.Instance);

    public async ValueTask DisposeAsync()
    {
        // Without leaving the cluster, because the other nodes would not receive it.
        await TwoNodes.SystemOf(Cut).Terminate();
        foreach (var node in Enumerable.Reverse(_nodes))
            await node.DisposeAsync();
    }

    private async Task SetAsync(ThrottleMode mode)
    {
        foreach (var other in _nodes.Take(2))
        {
            await SetAsync(other, Cut, mode);
            await SetAsync(Cut, other, mode);
        }
    }

    private static async Task SetAsync(LiveNode node, LiveNode target, ThrottleMode mode) => Assert.True(
        await ((IRemoteActorRefProvider)((ExtendedActorSystem)TwoNodes.SystemOf(node)).Provider).Transport.ManagementCommand(
            new SetThrottle(AddressOf(target), ThrottleTransportAdapter.Direction.Both, mode)));

    private static Address AddressOf(LiveNode node) => global::Akka.Cluster.Cluster.Get(TwoNodes.SystemOf(node)).SelfAddress;
}
