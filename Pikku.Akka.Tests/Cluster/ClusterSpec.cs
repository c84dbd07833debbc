using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Replication;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The connections of two nodes of a cluster.</summary>
public sealed class ClusterSpec : IAsyncLifetime
{
    private static readonly Topic<string> News = new("news");

    private static readonly Gate s_stuck = new();
    private static readonly Gate s_slow = new();

    private TwoNodes _nodes = null!;

    private LiveNode Front => _nodes.Front;

    private LiveNode Worker => _nodes.Worker;

    public async Task InitializeAsync() => _nodes = await TwoNodes.StartAsync(Wire, """
        pikku.function.placement = ["add=worker", "fail=worker", "crash=worker", "chat=worker", "logIn=worker", "logOut=worker", "stuck=worker", "slow=worker", "state=worker"]
        """);

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact, Trait("Rule", "K3")]
    public async Task Sends_to_and_closes_a_connection_of_the_other_node()
    {
        var connection = await TwoNodes.ConnectAsync(Front);
        var channels = Worker.Services.GetRequiredService<IPikkuChannels>();

        await channels.SendAsync(connection.Channel.Id, new { Hello = 1 });
        await channels.SendAsync(connection.Channel.Id, "plain");
        await channels.SendAsync("nobody", 1);
        await channels.CloseAsync(connection.Channel.Id, CloseCode.Normal, "bye");

        await connection.ExpectAsync("""{"hello":1}""", "plain", "close 1000 bye");
    }

    [Fact, Trait("Rule", "K1"), Trait("Rule", "K7")]
    public async Task Subscribes_a_connection_of_the_other_node()
    {
        var connection = await TwoNodes.ConnectAsync(Front);

        await Worker.Hub.SubscribeAsync(News, connection.Channel.Id);
        await Worker.Hub.PublishAsync(News, "one");
        await connection.ExpectAsync("""{"topic":"news","data":"one"}""");

        await Worker.Hub.UnsubscribeAsync(News, connection.Channel.Id);
        await Worker.Hub.PublishAsync(News, "two");
        await Worker.Services.GetRequiredService<IPikkuChannels>().SendAsync(connection.Channel.Id, "last");
        Assert.Contains(await connection.NextAsync(), (string[])["last", "two"]);
    }

    [Fact, Trait("Rule", "G3")]
    public async Task Finds_on_every_node_what_was_stored_on_one()
    {
        var (front, worker) = (Front.Services.GetRequiredService<IPikkuSessionStore>(), Worker.Services.GetRequiredService<IPikkuSessionStore>());

        await front.SetAsync("ann", new TestSession("ann"), default);
        Assert.Equal("ann", (await worker.GetAsync("ann", default))?.UserId);

        await worker.ClearAsync("ann", default);
        Assert.Null(await front.GetAsync("ann", default));
    }

    [Fact, Trait("Rule", "G1")]
    public async Task Who_logs_out_on_one_node_is_logged_out_on_all()
    {
        var here = await TwoNodes.ConnectAsync(Front, new TestSession("ann"));
        var there = await TwoNodes.ConnectAsync(Worker, new TestSession("ann"));
        var other = await TwoNodes.ConnectAsync(Worker, new TestSession("bob"));

        await here.AskAsync("""{"action":"leave"}""");

        Assert.Equal("""{"action":"who","result":null}""", await there.AskAsync("""{"action":"who"}"""));
        Assert.Equal("""{"action":"who","result":"bob"}""", await other.AskAsync("""{"action":"who"}"""));
    }

    [Fact, Trait("Rule", "G3")]
    public async Task Revoking_a_user_closes_the_users_connections_on_all_nodes()
    {
        var here = await TwoNodes.ConnectAsync(Front, new TestSession("ann"));
        var there = await TwoNodes.ConnectAsync(Worker, new TestSession("ann"));
        await Front.Services.GetRequiredService<IPikkuSessionStore>().SetAsync("ann", new TestSession("ann"), default);

        await Front.Services.GetRequiredService<IPikkuUsers>().RevokeAsync("ann");

        await here.ExpectAsync("close 1008 session revoked");
        await there.ExpectAsync("close 1008 session revoked");
        Assert.Null(await Worker.Services.GetRequiredService<IPikkuSessionStore>().GetAsync("ann", default));
    }

    [Fact, Trait("Rule", "K3")]
    public async Task Sends_to_a_user_wherever_connected()
    {
        var here = await Front.ConnectAsync(NewId(Front), new TestSession("ann"), channel: "users");
        var there = await Worker.ConnectAsync(NewId(Worker), new TestSession("ann"), channel: "users");

        await Front.Services.GetRequiredService<IPikkuUsers>().SendAsync("ann", new Hello(1));

        await here.ExpectAsync("""{"number":1}""");
        await there.ExpectAsync("""{"number":1}""");
    }

    [Fact]
    public async Task Every_node_knows_who_is_where_until_they_leave_or_end()
    {
        var (front, worker) = (Front.Services.GetRequiredService<IPikkuPresence>(), Worker.Services.GetRequiredService<IPikkuPresence>());
        var ann = await TwoNodes.ConnectAsync(Front);
        var bob = await TwoNodes.ConnectAsync(Worker);

        await front.JoinAsync("room", ann.Channel.Id, "Ann");
        await front.JoinAsync("room", bob.Channel.Id, "Bob");
        await Until(() => Assert.Equal(["Ann", "Bob"], worker.GetEntries<string>("room").Select(p => p.Info).Order()));
        await Until(() => Assert.Equal(2, front.GetCount("room")));

        await worker.LeaveAsync("room", ann.Channel.Id);
        await Until(() => Assert.Equal(["Bob"], front.GetEntries<string>("room").Select(p => p.Info)));
        await bob.EndAsync(1000);
        await Until(() => Assert.Equal((0, 0), (front.GetCount("room"), worker.GetCount("room"))));
    }

    [Fact]
    public async Task Who_was_on_a_node_that_has_gone_is_gone()
    {
        var front = Front.Services.GetRequiredService<IPikkuPresence>();
        var bob = await TwoNodes.ConnectAsync(Worker);
        await Worker.Services.GetRequiredService<IPikkuPresence>().JoinAsync("room", bob.Channel.Id, "Bob");
        await Until(() => Assert.Equal(1, front.GetCount("room")));

        await TwoNodes.SystemOf(Worker).Terminate();

        await Until(() => Assert.Equal(0, front.GetCount("room")));
    }

    [Fact, Trait("Rule", "A5")]
    public async Task Runs_a_function_on_a_node_of_its_role()
    {
        var connection = await TwoNodes.ConnectAsync(Front);

        Assert.Equal("""{"sum":3,"on":"worker","action":"add"}""", await connection.AskAsync("""{"action":"add","a":1,"b":2}"""));
    }

    [Fact]
    public async Task A_placement_of_no_function_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<PikkuConfigurationException>(() => LiveNode.StartAsync(
            channel => channel.MapAction("ping", () => 1), "pikku.function.placement = [\"pong=worker\"]"));
        Assert.Contains("'pong'", error.Message, StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "E2"), Trait("Rule", "E4")]
    public async Task Tells_the_errors_of_a_function_elsewhere_as_those_of_any_other()
    {
        var connection = await TwoNodes.ConnectAsync(Front);

        Assert.Contains("\"errorName\":\"NotFoundError\"", await connection.AskAsync("""{"action":"fail"}"""), StringComparison.Ordinal);
        Assert.Contains("\"details\":[{\"path\":\"a\"", await connection.AskAsync("""{"action":"add","a":"x","b":2}"""), StringComparison.Ordinal);
        Assert.Contains("\"errorId\"", await connection.AskAsync("""{"action":"crash","id":1,"data":{}}"""), StringComparison.Ordinal);
        Assert.Contains("\"errorName\":\"InternalServerError\"", await connection.AskAsync("""{"action":"state"}"""), StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "A5")]
    public async Task What_a_function_elsewhere_sends_comes_before_its_reply()
    {
        var connection = await TwoNodes.ConnectAsync(Front);

        for (var i = 0; i < 20; i++)
        {
            connection.Send("""{"action":"chat"}""");
            await connection.ExpectAsync("first", """{"second":2}""", """{"action":"chat"}""");
        }

        await Worker.Hub.PublishAsync(News, "subscribed");
        await connection.ExpectAsync("""{"topic":"news","data":"subscribed"}""");
    }

    [Fact, Trait("Rule", "G1")]
    public async Task A_function_elsewhere_sets_and_ends_the_session_of_the_connection()
    {
        var connection = await TwoNodes.ConnectAsync(Front);

        await connection.AskAsync("""{"action":"logIn"}""");
        Assert.Equal("""{"action":"who","result":"ann"}""", await connection.AskAsync("""{"action":"who"}"""));
        await connection.AskAsync("""{"action":"logOut"}""");
        Assert.Equal("""{"action":"who","result":null}""", await connection.AskAsync("""{"action":"who"}"""));
    }

    [Fact, Trait("Rule", "E1")]
    public async Task A_node_that_dies_while_it_runs_a_function_is_an_error_for_the_client()
    {
        var connection = await TwoNodes.ConnectAsync(Front);
        connection.Send("""{"action":"stuck","id":7,"data":{}}""");
        await s_stuck.Entered;

        // Stops at once like a process that is killed: without a drain and without leaving.
        var system = (ExtendedActorSystem)TwoNodes.SystemOf(Worker);
        system.Abort();

        var answer = await connection.NextAsync();
        Assert.Contains("\"id\":7", answer, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"ServiceUnavailableError\"", answer, StringComparison.Ordinal);
        s_stuck.Open();
        await system.WhenTerminated;
        Assert.Contains("ServiceUnavailableError", await connection.AskAsync("""{"action":"add","a":1,"b":2}"""), StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "I4")]
    public async Task A_worker_that_stops_finishes_what_it_runs_and_gets_nothing_more()
    {
        var connection = await TwoNodes.ConnectAsync(Front);
        var other = await TwoNodes.ConnectAsync(Front);
        connection.Send("""{"action":"slow"}""");
        await s_slow.Entered;

        var drained = Worker.Services.GetRequiredService<ClusterClient>().DrainCallsAsync();
        await Eventually.Holds(
            async () => (await other.AskAsync("""{"action":"add","a":1,"b":2}""")).Contains("ServiceUnavailableError", StringComparison.Ordinal),
            "nothing is sent there");
        Assert.False(drained.IsCompleted);
        s_slow.Open();

        await connection.ExpectAsync("""{"action":"slow","result":1}""");
        await drained.Soon();
    }

    [Fact]
    public async Task Shows_each_node_to_the_operator()
    {
        var connection = await TwoNodes.ConnectAsync(Worker);
        await Worker.Hub.SubscribeAsync(News, connection.Channel.Id);

        var view = Front.Services.GetRequiredService<ClusterView>();
        // On a busy machine a node may be silent for a moment, and the report shows it as silent.
        var report = await view.ReportAsync();
        await Eventually.Holds(async () => (report = await view.ReportAsync()).Nodes.All(node => node.Lanes.Count > 0), "both nodes answer");

        Assert.Equal(2, report.Nodes.Count);
        Assert.All(report.Nodes, node => Assert.Equal(("Up", Lanes.Count), (node.Status, node.Lanes.Count)));
        var worker = report.Nodes.Single(node => node.Roles.Contains("worker"));
        Assert.Equal((1, 1L, 1L), (worker.Connections, worker.Topics, worker.Subscriptions));
    }

    private static void Wire(PikkuBuilder app) => app.WireChannel("test", channel =>
    {
        channel.AllowAnonymous().MapAction("who", (PikkuContext context) => context.Session?.UserId);
        channel.MapAction("leave", async (PikkuContext context) => await context.ClearSessionAsync());
        channel.MapAction("add", FunctionDescriptor.FromDelegate("add", (Pair pair, Microsoft.Extensions.Hosting.IHost host) =>
            new Sum(pair.A + pair.B, host.Services.GetRequiredService<Akka.Settings.PikkuSettings>().Cluster.Roles[0])));
        channel.MapAction("fail", FunctionDescriptor.FromDelegate("fail", NoData () => throw new NotFoundError("not here")));
        channel.MapAction("crash", FunctionDescriptor.FromDelegate("crash", NoData () => throw new InvalidOperationException("secret")));
        channel.MapAction("chat", FunctionDescriptor.FromDelegate("chat", async (PikkuContext context) =>
        {
            context.Channel.TrySend("first");
            await context.EventHub.SubscribeAsync(News);
            context.Channel.TrySend(new { Second = 2 });
        }));
        channel.MapAction("logIn", FunctionDescriptor.FromDelegate("logIn", async (PikkuContext context) => await context.SetSessionAsync(new TestSession("ann"))));
        channel.MapAction("logOut", FunctionDescriptor.FromDelegate("logOut", async (PikkuContext context) => await context.ClearSessionAsync()));
        channel.MapAction("state", FunctionDescriptor.FromDelegate("state", (IPikkuChannel me) => me.SetState(1)));
        channel.MapAction("slow", FunctionDescriptor.FromDelegate("slow", async () =>
        {
            await s_slow.PassAsync();
            return 1;
        }));
        channel.MapAction("stuck", FunctionDescriptor.FromDelegate("stuck", () => s_stuck.PassAsync()));
    }).WireChannel("users", channel => channel.AllowAnonymous().AddClientMessage<Hello>());

    private static Task Until(Action assertion) => Eventually.Holds(
        () =>
        {
            try
            {
                assertion();
                return true;
            }
            catch (Xunit.Sdk.XunitException)
            {
                return false;
            }
        },
        "what was asserted");

    private static string NewId(LiveNode node) => node.Services.GetRequiredService<ClusterClient>().NewChannelId();

    private sealed record Hello(int Number);

    private sealed record Pair(int A, int B);

    private sealed record Sum([property: System.Text.Json.Serialization.JsonPropertyName("sum")] int Total, string On);
}
