using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Routing;
using Akka.TestKit.Xunit2;
using Pikku.Akka.Functions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

public sealed class FunctionsActorSpec() : TestKit(Deployment)
{
    private static readonly Config Deployment = ConfigurationFactory.ParseString(
        """
        akka.actor.deployment {
          "/pikku/functions/routed" { router = round-robin-pool, nr-of-instances = 3 }
          "/pikku/functions/moved" { dispatcher = own-dispatcher }
          "/pikku/functions/both" { router = round-robin-pool, nr-of-instances = 3, dispatcher = own-dispatcher }
        }
        own-dispatcher { type = ForkJoinDispatcher, throughput = 1, dedicated-thread-pool { thread-count = 3, threadtype = background } }
        """);

    private readonly ConcurrentQueue<string?> _threads = [];

    [Fact]
    public async Task Creates_the_router_that_is_deployed_for_a_function()
    {
        await using var node = await StartAsync("pikku.function.instances = 1");

        Assert.Equal(3, await RouteesAsync(node, "routed"));
    }

    [Fact]
    public async Task Creates_the_router_that_is_deployed_for_all_functions()
    {
        using var system = ActorSystem.Create("wildcard", """akka.actor.deployment."/pikku/functions/*" { router = round-robin-pool, nr-of-instances = 4 }""");
        await using var node = Node("");
        await node.StartAsync(system);

        Assert.Equal(4, await RouteesAsync(node, "plain"));
    }

    [Fact]
    public async Task Creates_one_actor_when_one_instance_is_set()
    {
        await using var node = await StartAsync("pikku.function.instances = 1");

        await AssertIsNoRouterAsync(ActorOf(node, "plain"));
    }

    [Fact]
    public async Task Creates_the_configured_number_of_instances()
    {
        await using var node = await StartAsync("pikku.function.instances = 5");

        Assert.Equal(5, await RouteesAsync(node, "plain"));
        Assert.Equal(3, await RouteesAsync(node, "routed"));
    }

    [Fact]
    public async Task Creates_an_instance_for_each_core_by_default()
    {
        await using var node = await StartAsync("");

        if (Environment.ProcessorCount == 1)
            await AssertIsNoRouterAsync(ActorOf(node, "plain"));
        else
            Assert.Equal(Environment.ProcessorCount, await RouteesAsync(node, "plain"));
    }

    [Fact]
    public async Task Uses_the_same_actor_for_every_action_of_a_function()
    {
        await using var node = await StartAsync("");

        Assert.Same(ActorOf(node, "plain"), node.Endpoints[1].Definition.Actions[0].Actor);
    }

    [Theory]
    [InlineData("plain", "pikku.function { instances = 1, dispatcher = own-dispatcher }")]
    [InlineData("routed", "pikku.function.dispatcher = own-dispatcher")]
    [InlineData("moved", "pikku.function.instances = 1")]
    [InlineData("moved", "pikku.function.instances = 2")]
    [InlineData("both", "")]
    public async Task Runs_a_function_on_the_dispatcher_that_is_set_or_deployed(string function, string hocon)
    {
        await using var node = await StartAsync(hocon);

        await node.Connect(enveloped: true).OwnedBy(Sys).AskAsync($$"""{"action":"{{function}}"}""");

        Assert.StartsWith("own-dispatcher", Assert.Single(_threads), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("send", "send")]
    [InlineData("chat:send-all_1.2", "chat_3asend-all_1.2")]
    [InlineData("a b/ü", "a_20b_2f_fc")]
    [InlineData("$x", "_24x")]
    public void Encodes_function_names_as_valid_actor_names(string function, string actor)
    {
        Assert.Equal(actor, FunctionsActor.ActorNameOf(function));
        Assert.True(ActorPath.IsValidPathElement(actor));
    }

    private TestNode Node(string hocon) => new(
        app => app
            .WireChannel("c", c =>
            {
                c.AllowAnonymous().MapAction("plain", Noting("plain"));
                c.MapAction("routed", Noting("routed"));
                c.MapAction("moved", Noting("moved"));
                c.MapAction("both", Noting("both"));
            })
            .WireChannel("d", c => c.AllowAnonymous().MapAction("same", app.Channels[0].Actions["action"][0].Action.Function)),
        hocon: hocon);

    private async Task<TestNode> StartAsync(string hocon)
    {
        var node = Node(hocon);
        await node.StartAsync(Sys);
        return node;
    }

    private FunctionDescriptor Noting(string name) =>
        FunctionDescriptor.FromDelegate(name, () => _threads.Enqueue(Thread.CurrentThread.Name));

    private static IActorRef ActorOf(TestNode node, string action) =>
        node.Endpoint.Definition.Actions.Single(a => a.Name == action).Actor;

    private async Task AssertIsNoRouterAsync(IActorRef actor)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        actor.Tell(GetRoutees.Instance);
        Assert.Same(actor, (await ExpectMsgAsync<UnhandledMessage>(m => m.Message is GetRoutees, Patience.Long)).Recipient);
    }

    private static async Task<int> RouteesAsync(TestNode node, string action) =>
        (await ActorOf(node, action).Ask<Routees>(GetRoutees.Instance, Patience.Long)).Members.Count();
}
