using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Akka.TestKit.Xunit2;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>An application that has an actor system of its own runs Pikku in it.</summary>
public sealed class ApplicationActorSystemSpec
{
    private const string Name = "shop";
    private static readonly Topic<string> Prices = new("prices");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_actor_of_the_application_publishes_to_clients_and_the_host_ends_everything_once(bool addsPikkuFirst)
    {
        await using var app = App(services =>
        {
            foreach (var add in addsPikkuFirst ? [AddPikku, AddAkka] : new Action<IServiceCollection>[] { AddAkka, AddPikku })
                add(services);
        });
        await app.StartAsync().Soon();
        var system = app.Services.GetRequiredService<ActorSystem>();
        using var kit = new TestKit(system);
        var (probe, pikku) = (kit.CreateTestProbe(), kit.CreateTestProbe());
        pikku.Watch(await system.ActorSelection("/user/pikku").ResolveOne(Patience.Long));
        var ends = 0;
        system.RegisterOnTermination(() => Interlocked.Increment(ref ends));
        using var client = await ConnectAsync(app);

        app.Services.GetRequiredService<ActorRegistry>().Get<Publisher>().Tell("1.20", probe);
        probe.ExpectMsg<Published>(Patience.Long);

        Assert.Equal(Name, system.Name);
        Assert.Contains("1.20", await client.Receive(), StringComparison.Ordinal);

        var stopping = app.StopAsync();
        Assert.Equal(1001, (int?)await client.AwaitClose());
        await stopping.Soon();
        await system.WhenTerminated.Soon();
        Assert.Equal(1, ends);

        void AddPikku(IServiceCollection services) => services.AddPikku(Wire);
        static void AddAkka(IServiceCollection services) => services.AddAkka(Name, akka => akka
            .WithPikku()
            .WithActors((actors, registry, resolver) => registry.Register<Publisher>(actors.ActorOf(resolver.Props<Publisher>(), "publisher"))));
    }

    [Fact]
    public async Task Connections_are_drained_when_the_application_shuts_its_actor_system_down_first()
    {
        await using var app = App(services => services.AddPikku(Wire).AddAkka(Name, akka => akka.WithPikku()));
        await app.StartAsync().Soon();
        using var client = await ConnectAsync(app);

        var down = CoordinatedShutdown.Get(app.Services.GetRequiredService<ActorSystem>()).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);

        Assert.Equal(1001, (int?)await client.AwaitClose());
        await down.Soon();
        await app.StopAsync().Soon();
    }

    [Fact]
    public async Task An_actor_system_that_is_registered_without_more_is_used_and_outlives_Pikku()
    {
        using var system = ActorSystem.Create(Name, "akka.loglevel = ERROR");
        await using var app = App(services => services.AddPikku(Wire).AddSingleton(system));
        await app.StartAsync().Soon();
        using var client = await ConnectAsync(app);
        await app.Services.GetRequiredService<IEventHub>().PublishAsync(Prices, "1.30");
        Assert.Contains("1.30", await client.Receive(), StringComparison.Ordinal);

        await app.StopAsync().Soon();

        Assert.False(system.WhenTerminated.IsCompleted);
        Assert.Equal(ActorRefs.Nobody, (await system.ActorSelection("/user/pikku").Ask<ActorIdentity>(new Identify(null), Patience.Long)).Subject ?? ActorRefs.Nobody);
        await system.Terminate().Soon();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nodes_of_the_applications_cluster_exchange_events(bool knowsPikkuFromTheStart)
    {
        Address? first = null;
        await using var one = Node();
        await one.StartAsync().WaitAsync(Eventually.Patience);
        first = global::Akka.Cluster.Cluster.Get(SystemOf(one)).SelfAddress;
        await using var two = Node();
        await two.StartAsync().WaitAsync(Eventually.Patience);
        Assert.All([one, two], node =>
        {
            Assert.Equal(2, global::Akka.Cluster.Cluster.Get(SystemOf(node)).State.Members.Count);
            Assert.Equal(["seller"], node.Services.GetRequiredService<Akka.Settings.PikkuSettings>().Cluster.Roles);
            Assert.IsType<NodeSerializer>(SystemOf(node).Serialization.FindSerializerForType(typeof(HubBatch)));
        });
        using var client = await ConnectAsync(one);

        await two.Services.GetRequiredService<IEventHub>().PublishAsync(Prices, "1.40");

        Assert.Contains("1.40", await client.Receive(), StringComparison.Ordinal);
        await two.StopAsync().Soon();
        await one.StopAsync().Soon();

        // Joins while the hosted services start, after Pikku has begun to.
        WebApplication Node() => App(services => services.AddPikku(Wire).AddAkka(Name, akka =>
        {
            akka.WithRemoting("127.0.0.1", 0).WithClustering(new ClusterOptions { Roles = ["seller"] }).AddHocon("akka.loglevel = ERROR", HoconAddMode.Prepend);
            if (knowsPikkuFromTheStart)
                akka.WithPikku();
            akka.WithActors((system, _) =>
            {
                var cluster = global::Akka.Cluster.Cluster.Get(system);
                cluster.Join(first ?? cluster.SelfAddress);
            });
        }));
    }

    [Fact]
    public async Task Addresses_of_a_cluster_are_refused_where_the_actor_system_is_the_applications()
    {
        var systems = 0;
        await using var app = App(services => services
            .AddPikku(pikku => pikku.AddHocon("pikku.cluster { host = a.example, seeds = [\"a.example:4053\"], roles = [web] }"))
            .AddSingleton(_ =>
            {
                systems++;
                return ActorSystem.Create(Name);
            }));

        var e = await Assert.ThrowsAsync<PikkuConfigurationException>(() => app.StartAsync());

        var problem = Assert.Single(e.Problems);
        Assert.StartsWith("pikku.cluster.host = a.example, pikku.cluster.seeds = a.example:4053, pikku.cluster.roles = web: ", problem, StringComparison.Ordinal);
        Assert.Contains("WithClustering(…).WithPikku()", problem, StringComparison.Ordinal);
        Assert.Equal(0, systems);
    }

    [Fact]
    public async Task A_dispatcher_that_the_applications_actor_system_does_not_have_stops_the_start()
    {
        await using var app = App(services => services
            .AddPikku(pikku => pikku.AddHocon("pikku.function.dispatcher = shop-dispatcher"))
            .AddAkka(Name, akka => akka.WithPikku()));

        var e = await Assert.ThrowsAsync<PikkuConfigurationException>(() => app.StartAsync());

        Assert.Contains("pikku.function.dispatcher = shop-dispatcher is not a dispatcher of the actor system 'shop'", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Functions_run_on_a_dispatcher_of_the_applications_actor_system()
    {
        await using var app = App(services => services
            .AddPikku(pikku => pikku
                .AddHocon("pikku.function.dispatcher = shop-dispatcher")
                .WireChannel("shop", c => c.AllowAnonymous().MapAction("ping", () => "pong")))
            .AddAkka(Name, akka => akka.AddHocon("shop-dispatcher { type = Dispatcher }", HoconAddMode.Append).WithPikku()));
        await app.StartAsync().Soon();
        using var client = await TextClient.Connect(Address(app));

        Assert.Equal("""{"action":"ping","result":"pong"}""", await client.Ask("""{"action":"ping"}"""));
        await app.StopAsync().Soon();
    }

    [Fact]
    public async Task WithPikku_without_AddPikku_stops_the_start_and_says_what_is_missing()
    {
        await using var app = App(services => services.AddAkka(Name, akka => akka.WithPikku()), maps: false);

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());

        Assert.Contains("services.AddPikku(…)", e.Message, StringComparison.Ordinal);
        await app.StopAsync().Soon();
    }

    private static void Wire(PikkuBuilder pikku) => pikku.WireChannel("shop", c => c.AllowAnonymous()
        .OnConnect(async (PikkuContext context) =>
        {
            await context.EventHub.SubscribeAsync(Prices);
            return "subscribed";
        }));

    private static async Task<TextClient> ConnectAsync(WebApplication app)
    {
        var client = await TextClient.Connect(Address(app));
        Assert.Contains("subscribed", await client.Receive(), StringComparison.Ordinal);
        return client;
    }

    private static Uri Address(WebApplication app) => new($"ws://{new Uri(app.Urls.Single()).Authority}/shop");

    private static ActorSystem SystemOf(WebApplication app) => app.Services.GetRequiredService<ActorSystem>();

    private static WebApplication App(Action<IServiceCollection> services, bool maps = true)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        services(builder.Services);
        var app = builder.Build();
        if (maps)
            app.MapPikku();
        return app;
    }

    private sealed record Published;

    private sealed class Publisher(IEventHub hub) : UntypedActor
    {
        protected override void OnReceive(object message) =>
            hub.PublishAsync(Prices, (string)message).AsTask().PipeTo(Sender, success: () => new Published());
    }
}
