using System.Net;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// Three processes. The cable between one of them and the others is cut, while clients reach all of them. <see cref="FrozenNodeSpec"/> shows the same with a frozen process,
/// where there are no network namespaces.
/// </summary>
public sealed class PartitionProcessSpec : IAsyncLifetime
{
    private const int Cut = 2;
    private const string Acknowledged = """{"action":"publish"}""";

    private readonly List<NodeProcess> _nodes = [];
    private SeparateNetwork? _network;

    private Uri[] Addresses => [.. _nodes.Select(node => node.Address)];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await NodeProcess.EndAsync(_nodes);
        _network?.Dispose();
    }

    [SkippableFact, Trait("Rule", "K5"), Trait("Rule", "P6")]
    public async Task A_node_catches_up_after_a_short_cut_and_after_a_long_one_its_clients_resume_elsewhere()
    {
        await StartAsync();
        await using var follower = new Follower(Addresses, Cut, "followed");
        await using var misled = new Follower(Addresses, Cut, "lost");
        await Eventually.Holds(() => follower.Subscriptions > 0 && misled.Subscriptions > 0, "they are subscribed");
        await _nodes[0].PublishToFeedAsync("followed", "before");
        await _nodes[0].PublishToFeedAsync("lost", "before");

        await _network!.CutAsync();
        await _nodes[0].PublishToFeedAsync("followed", "short cut");
        await _network.MendAsync();
        await Eventually.Holds(() => follower.NextOf("short cut") == 1, "what was published meanwhile arrives");
        Assert.Equal(1, follower.Subscriptions);

        await Eventually.Holds(() => misled.NextOf("before") == 1, "the other one follows, too");
        using var near = await _nodes[Cut].ConnectAsync("feed");
        await _network.CutAsync();
        // A publish with a witness finds none; one without a witness is acknowledged as long as the node may believe that it is a member.
        using var witnessed = await _nodes[Cut].ConnectAsync("feed");
        await witnessed.Send("""{"action":"publish","name":"lost","event":{"publisher":"minority","number":0},"replicated":true}""");
        await _nodes[1].PublishToFeedAsync("followed", "long cut");
        await _nodes[1].PublishToFeedAsync("lost", "long cut");
        await Eventually.Holds(() => misled.NextOf("minority") == 1, "the clients of the minority receive it");
        await Eventually.Holds(async () => await near.Ask("""{"action":"publish","name":"other","event":{"publisher":"minority","number":1}}""") != Acknowledged, "the node knows that it is cut off");
        Assert.NotEqual(Acknowledged, await near.Ask("""{"action":"publish","name":"other","event":{"publisher":"minority","number":2}}"""));

        await Eventually.Holds(() => follower.NextOf("long cut") == 1, "a client that is sent elsewhere resumes");
        Assert.Equal(["before", "short cut", "long cut"], follower.Entries.Select(entry => entry.Publisher));
        Assert.Empty(follower.Losses);
        Assert.NotEqual(Cut, follower.Connect.Node);
        // This one has an event that nobody else will ever have, so it is told that its position is lost.
        await Eventually.Holds(() => misled.Losses.Count > 0, "the other one is told");
        Assert.Equal([PikkuLossReason.Unknown], misled.Losses);

        await _nodes[Cut].ExitAsync();
        Assert.DoesNotContain(Acknowledged, await witnessed.ReceiveToEnd());
        await Eventually.Holds(async () => await _nodes[0].MembersAsync() == 2, "the majority has removed it");
        await _nodes[0].PublishToFeedAsync("followed", "after");
        await _nodes[0].PublishToFeedAsync("lost", "after");
        await Eventually.Holds(() => follower.NextOf("after") == 1 && misled.NextOf("after") == 1, "both go on");
        Assert.Equal(4, follower.Entries.Count);
    }

    private async Task StartAsync()
    {
        _network = await SeparateNetwork.CreateAsync();
        var ports = NodeProcess.FreePorts(6);
        IPEndPoint[] seeds = [new(_network.Outside, ports[3]), new(_network.Outside, ports[4]), new(_network.Inside, ports[5])];
        IPAddress[] forClients = [IPAddress.Loopback, IPAddress.Loopback, _network.ForClients];
        _nodes.AddRange(await Task.WhenAll(Enumerable.Range(0, 3).Select(i => NodeProcess.StartAsync(
            new Uri($"http://{forClients[i]}:{ports[i]}"), seeds[i], seeds, network: i == Cut ? _network.Name : null))));
        await Eventually.Holds(async () => await _nodes[0].MembersAsync() == 3, "all are members");
    }
}
