using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A seed that is killed and started again joins the living cluster and does not form a second one.</summary>
public sealed class RestartedSeedSpec : IDisposable
{
    private const int Waits = 68;

    private readonly string _state = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(_state))
            Directory.Delete(_state, recursive: true);
    }

    [SkippableFact]
    public Task The_only_seed_joins_the_members_that_it_remembers_and_resumes_its_clients() => RestartAsync(seedsAmongNodes: 1, _state);

    [SkippableFact]
    public Task The_first_of_two_seeds_joins_the_other_one_and_resumes_its_clients() => RestartAsync(seedsAmongNodes: 2, state: null);

    [Fact]
    public async Task A_node_that_does_not_reach_the_members_that_it_remembers_forms_no_cluster_and_says_why()
    {
        var ports = NodeProcess.FreePorts(3);
        Directory.CreateDirectory(_state);
        await File.WriteAllLinesAsync(Path.Combine(_state, $"members-127.0.0.1-{ports[0]}.txt"), ports.Select(port => $"127.0.0.1:{port}"));
        var log = new LogRecorder();

        var error = await Assert.ThrowsAsync<TimeoutException>(() => LiveNode.StartAppAsync(
            app => app.WireChannel("test", channel => channel.AllowAnonymous().MapAction("ping", () => 1)),
            $$"""
            pikku.cluster { host = "127.0.0.1", port = {{ports[0]}}, seeds = ["127.0.0.1:{{ports[0]}}"], state-directory = "{{_state}}", join-timeout = 8s }
            akka.loglevel = OFF
            """,
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, log)));

        Assert.Contains($"these nodes do not answer: {string.Join(", ", ports[1..].Select(port => $"127.0.0.1:{port}").Order(StringComparer.Ordinal))}", error.Message, StringComparison.Ordinal);
        Assert.Contains(_state, error.Message, StringComparison.Ordinal);
        var line = Assert.Single(log.Own, line => line.EventId == Waits);
        Assert.Contains("does not form a second one", line.Text, StringComparison.Ordinal);
    }

    private static async Task RestartAsync(int seedsAmongNodes, string? state)
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no signals.");
        var ports = NodeProcess.FreePorts(6);
        var seeds = ports[3..][..seedsAmongNodes];
        var nodes = new List<NodeProcess>();
        try
        {
            for (var i = 0; i < 3; i++)
                nodes.Add(await NodeProcess.StartAsync(ports[i], ports[3 + i], seeds, state));
            var subscriber = await Subscriber.ConnectAsync(nodes[1], Subscriber.Topic, Subscriber.Gap);
            await using var follower = new Follower([.. nodes.Select(node => node.Address)], 0, "seed");
            await Eventually.Holds(() => follower.Subscriptions == 1, "the follower is subscribed");
            await nodes[1].PublishToFeedAsync("seed", "before");
            await Eventually.Holds(() => follower.NextOf("before") == 1, "it receives the first event");

            using (await follower.Connect.HoldAsync())
            {
                nodes[0].Kill();
                await nodes[0].DisposeAsync();
                await nodes[1].PublishToFeedAsync("seed", "while the seed was down");
                nodes[0] = await NodeProcess.StartAgainAsync(() => NodeProcess.StartAsync(ports[0], ports[3], seeds, state));
            }

            // The node is ready when it is linked with all members of its cluster, so an event that it publishes shows which cluster that is.
            await nodes[0].PublishAsync("0:0");
            await Eventually.Holds(() => subscriber.Count == 1, "the others receive its events");
            // It has copied their history, so it resumes a client that was connected to its previous life.
            await nodes[2].PublishToFeedAsync("seed", "after");
            await Eventually.Holds(() => follower.NextOf("after") == 1, "the follower has resumed");
            Assert.Equal(0, follower.Connect.Node);
            Assert.Equal(["after", "before", "while the seed was down"], follower.Entries.Select(entry => entry.Publisher).Order(StringComparer.Ordinal));
            Assert.Empty(follower.Losses);
            foreach (var node in nodes)
                await Eventually.Holds(async () => await node.MembersAsync() == 3, "all are members of one cluster");
        }
        finally
        {
            await NodeProcess.EndAsync(nodes);
        }
    }
}
