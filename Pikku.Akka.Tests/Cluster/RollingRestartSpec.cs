using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Processes that are replaced one after another, as an orchestrator does for a new version.</summary>
public sealed class RollingRestartSpec
{
    [SkippableFact, Trait("Rule", "I4")]
    public async Task A_rolling_restart_brings_every_client_back()
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no signals.");
        var ports = NodeProcess.FreePorts(6);
        var seeds = ports[3..];
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => NodeProcess.StartAsync(ports[i], seeds[i], seeds)));
        try
        {
            var clients = Enumerable.Range(0, 12).Select(i => new ReconnectingClient(ports[..3], i, Subscriber.Topic, Subscriber.Gap)).ToArray();
            await Eventually.Holds(() => clients.All(client => client.IsSubscribed), "all are connected");

            for (var i = 0; i < 3; i++)
            {
                nodes[i].Signal("TERM");
                await nodes[i].ExitAsync();
                Assert.Equal(0, nodes[i].ExitCode);
                await nodes[i].DisposeAsync();
                nodes[i] = await NodeProcess.StartAsync(ports[i], seeds[i], seeds);
            }

            await Eventually.Holds(() => clients.All(client => client.IsSubscribed), "all are back");
            await nodes[1].PublishAsync("after");
            await Eventually.Holds(() => clients.All(client => client.HasSeen("after")), "all get what is published");
            // Clients that lost their connection know that they may have missed events; the others have missed none.
            Assert.All(clients, client => Assert.True(client.Endings > 0));
            Assert.All(clients, client => Assert.Equal(0, client.Gaps));
            Assert.All(clients.SelectMany(client => client.Codes), code => Assert.Equal(1001, code));
            foreach (var client in clients)
                await client.DisposeAsync();
        }
        finally
        {
            await NodeProcess.EndAsync(nodes);
        }
    }
}
