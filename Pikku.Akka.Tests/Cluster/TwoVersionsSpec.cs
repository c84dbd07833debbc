using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.EventHub;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Two builds in one cluster, as during a rolling upgrade. Their messages have different versions and use real sockets.</summary>
public sealed class TwoVersionsSpec : IAsyncDisposable
{
    private static readonly Topic<string> News = new("news");

    private readonly List<ActorSystem> _systems = [];
    private readonly List<HubNode> _nodes = [];
    private readonly ConcurrentQueue<LogEvent> _log = [];

    private HubNode Today => _nodes[0];

    private HubNode Other => _nodes[1];

    [Fact]
    public async Task Events_reach_a_node_that_is_one_minor_version_ahead_and_come_from_it()
    {
        await StartAsync<NextNodeSerializer>();
        await LinkAsync();
        var (here, there) = (Today.Connect("here"), Other.Connect("there"));
        await Today.Hub.SubscribeAsync(News, "here");
        await Other.Hub.SubscribeAsync(News, "there");

        for (var i = 0; i < 100; i++)
        {
            await Today.Hub.PublishAsync(News, $"today {i}");
            Assert.Equal($$"""{"topic":"news","data":"today {{i}}"}""", await there.NextAsync());
            Assert.Equal($$"""{"topic":"news","data":"today {{i}}"}""", await here.NextAsync());
            await Other.Hub.PublishAsync(News, $"next {i}");
            Assert.Equal($$"""{"topic":"news","data":"next {{i}}"}""", await here.NextAsync());
            Assert.Equal($$"""{"topic":"news","data":"next {{i}}"}""", await there.NextAsync());
        }

        await Eventually.Holds(
            () => _nodes.All(node => node.Links.All.SelectMany(lane => lane.Peers).All(peer => peer.Unacknowledged == 0)), "both acknowledge");
        Assert.True(NextNodeSerializer.ReadWithoutMark(_systems[1]) > 0);
        Assert.All(_nodes, node => Assert.Equal((0, 0), (node.Count("batches_lost"), node.CountInCluster("messages_refused"))));
    }

    [Fact]
    public async Task A_kind_of_message_of_a_later_minor_version_is_ignored_logged_and_counted()
    {
        await StartAsync<NextNodeSerializer>();
        await LinkAsync();
        var here = Today.Connect("here");
        await Today.Hub.SubscribeAsync(News, "here");

        for (var i = 0; i < 10; i++)
            _systems[1].ActorSelection(LaneOfToday()).Tell(new NextMessage(), Other.Lanes[0]);

        await Eventually.Holds(() => Today.CountInCluster("messages_refused") == 10, "each is counted");
        var line = Assert.Single(_log.OfType<Warning>(), warning => $"{warning.Message}".Contains("ignores", StringComparison.Ordinal));
        Assert.Contains($"{NodeName.Of(AddressOf(_systems[1]))} sends messages of kind {NextNodeSerializer.NextKind} in version 1.{WireVersion.Current.Minor + 1}", $"{line.Message}", StringComparison.Ordinal);
        await Other.Hub.PublishAsync(News, "on");
        Assert.Equal("""{"topic":"news","data":"on"}""", await here.NextAsync());
    }

    [Fact]
    public async Task A_node_of_another_major_version_is_refused_with_a_log_that_names_both_versions_and_the_node_goes_on()
    {
        await StartAsync<OtherMajorSerializer>();
        var here = Today.Connect("here");
        await Today.Hub.SubscribeAsync(News, "here");

        await Eventually.Holds(() => _nodes.All(node => node.CountInCluster("messages_refused") > 20), "both refuse what the other one sends");

        var line = Assert.Single(_log.OfType<Error>(), error => $"{error.Message}".Contains("refuses", StringComparison.Ordinal));
        Assert.StartsWith($"{NodeName.Of(AddressOf(_systems[1]))} sends messages in version 2.3 ", $"{line.Message}", StringComparison.Ordinal);
        Assert.Contains($"understands version {WireVersion.Current}", $"{line.Message}", StringComparison.Ordinal);
        Assert.All(_nodes, node => Assert.False(node.IsLinkedWith(1)));
        await Eventually.Holds(() => Today.Links.IsComplete, "the older node is ready without the other one");
        await Today.Hub.PublishAsync(News, "on");
        Assert.Equal("""{"topic":"news","data":"on"}""", await here.NextAsync());
    }

    [Fact]
    public async Task Everything_that_nodes_do_for_each_other_works_one_minor_version_apart()
    {
        await using var nodes = await TwoNodes.StartAsync(
            Wire, """pikku.function.placement = ["run=worker", "back=front"]""", Use<NextNodeSerializer>());
        foreach (var (near, far) in new[] { (nodes.Front, nodes.Worker), (nodes.Worker, nodes.Front) })
        {
            var connection = await TwoNodes.ConnectAsync(near, new TestSession("ann"));
            var action = near == nodes.Front ? "run" : "back";

            connection.Send($$"""{"action":"{{action}}"}""");
            await connection.ExpectAsync("sent", $$"""{"action":"{{action}}","result":"ann"}""");
            await far.Services.GetRequiredService<IPikkuChannels>().SendAsync(connection.Channel.Id, "to one");
            await connection.ExpectAsync("to one");
            await far.Services.GetRequiredService<IPikkuUsers>().SendAsync("ann", "to the user");
            await connection.ExpectAsync("to the user");
            await far.Hub.SubscribeAsync(News, connection.Channel.Id);
            await far.Hub.PublishAsync(News, "one");
            await connection.ExpectAsync("""{"topic":"news","data":"one"}""");
            await far.Services.GetRequiredService<IPikkuPresence>().JoinAsync($"room of {action}", connection.Channel.Id, "Ann");
            Assert.Equal(1, near.Services.GetRequiredService<IPikkuPresence>().GetCount($"room of {action}"));
            Assert.All((await far.Services.GetRequiredService<ClusterView>().ReportAsync()).Nodes, node => Assert.Equal("Up", node.Status));
            await far.Services.GetRequiredService<IPikkuUsers>().RevokeAsync("ann");
            await connection.ExpectAsync("close 1008 session revoked");
        }

        Assert.True(NextNodeSerializer.ReadWithoutMark(TwoNodes.SystemOf(nodes.Worker)) > 0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
        foreach (var node in _nodes)
            node.Dispose();
    }

    private static void Wire(PikkuBuilder app) => app.WireChannel("test", channel =>
    {
        channel.AllowAnonymous().AddClientMessage<string>();
        channel.MapAction("run", FunctionDescriptor.FromDelegate("run", RunAsync));
        channel.MapAction("back", FunctionDescriptor.FromDelegate("back", RunAsync));
    });

    private static async Task<string?> RunAsync(PikkuContext context)
    {
        context.Channel.TrySend("sent");
        await context.SetSessionAsync(new TestSession(context.Session!.UserId));
        return context.Session?.UserId;
    }

    private static string Use<T>() =>
        $$"""
        akka.actor {
          serializers.pikku-node = "{{typeof(T).FullName}}, Pikku.Akka.Tests"
          serialization-bindings { "{{typeof(NextMessage).FullName}}, Pikku.Akka.Tests" = pikku-node }
          serialization-identifiers { "{{typeof(T).FullName}}, Pikku.Akka.Tests" = 4053 }
        }
        """;

    private async Task StartAsync<TOther>()
    {
        foreach (var serializer in new[] { "", Use<TOther>() })
        {
            var (system, settings) = await ClusterMember.StartAsync(
                $"akka {{ loglevel = WARNING, stdout-loglevel = OFF }}\npikku.cluster.heartbeat = 200ms\n{serializer}", _systems.FirstOrDefault());
            _systems.Add(system);
            if (_systems.Count == 1)
                system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Recorder(_log))), typeof(LogEvent));
            _nodes.Add(new HubNode(system, cluster: settings));
            await _nodes[^1].Client.Opened;
        }
    }

    private Task LinkAsync() => Eventually.Holds(() => _nodes.All(node => node.IsLinkedWith(1)), "both are linked");

    private string LaneOfToday() => Today.Lanes[0].Path.ToStringWithAddress(AddressOf(_systems[0]));

    private static Address AddressOf(ActorSystem system) => global::Akka.Cluster.Cluster.Get(system).SelfAddress;

    private sealed class Recorder(ConcurrentQueue<LogEvent> log) : UntypedActor
    {
        protected override void OnReceive(object message) => log.Enqueue((LogEvent)message);
    }
}
