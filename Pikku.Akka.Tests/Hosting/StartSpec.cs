using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>What stops the start of a node, and what does not.</summary>
public sealed class StartSpec
{
    [Fact]
    [Trait("Rule", "A6")]
    public async Task Mistakes_in_the_wiring_stop_the_start_all_of_them_at_once()
    {
        await using var app = App(pikku => pikku
            .WireChannel("twice", c => c.OnMessage((string text) => text))
            .WireChannel("twice", c => c.MapAction("", () => "empty")));
        app.MapPikku();

        var e = await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());

        Assert.InRange(e.Problems.Count, 2, int.MaxValue);
        Assert.All(e.Problems, problem => Assert.Contains(problem, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task Mistakes_in_the_wiring_stop_the_start_even_where_nothing_is_mapped()
    {
        await using var app = App(pikku => pikku.WireChannel("", c => c.OnMessage((string text) => text)));

        await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task With_mistakes_nothing_is_mapped_nothing_listens_and_there_are_no_actors()
    {
        var actors = false;
        await using var app = App(
            pikku => pikku.WireChannel("right", c => c.OnMessage((string text) => text)).WireChannel("", c => c.OnMessage((string text) => text)),
            services => services.AddSingleton<ActorSystem>(_ =>
            {
                actors = true;
                throw new InvalidOperationException("There is nobody to join.");
            }));
        app.MapPikku();

        await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());

        Assert.Empty(((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints));
        Assert.False(actors);
        Assert.Empty(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task Sessions_in_a_distributed_cache_need_a_cache_and_no_other_store()
    {
        await using var without = App(pikku => pikku.UseDistributedCacheSessionStore());
        await using var twice = App(
            pikku => pikku.UseDistributedCacheSessionStore(),
            services => services.AddDistributedMemoryCache().AddSingleton<IPikkuSessionStore>(new MemorySessionStore(1, TimeSpan.FromDays(1), TimeProvider.System)));
        await using var right = App(pikku => pikku.UseDistributedCacheSessionStore(), services => services.AddDistributedMemoryCache());

        Assert.Contains("needs an IDistributedCache", (await Assert.ThrowsAsync<PikkuWiringException>(() => without.StartAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("registers its own IPikkuSessionStore", (await Assert.ThrowsAsync<PikkuWiringException>(() => twice.StartAsync())).Message, StringComparison.Ordinal);
        await right.StartAsync();
        Assert.IsType<CachedSessionStore>(right.Services.GetRequiredService<IPikkuSessionStore>());
    }

    [Fact]
    public async Task A_function_that_is_placed_and_not_wired_is_told_with_the_other_mistakes_of_the_settings()
    {
        await using var app = App(pikku => pikku
            .AddHocon("pikku { no-such-key = 1, function.placement = [\"missing=worker\"] }")
            .WireChannel("lab", c => c.MapAction("ping", () => 1)));

        var e = await Assert.ThrowsAsync<PikkuConfigurationException>(() => app.StartAsync());

        Assert.Equal(2, e.Problems.Count);
        Assert.Contains("'missing', which is not a wired function. Write the name of a wired function, such as lab:action:ping", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_in_the_settings_stop_the_start_all_of_them_at_once()
    {
        await using var app = App(pikku => pikku.AddHocon("pikku { no-such-key = 1, limits.connections-per-node = none }"));
        app.MapHealthChecks("/health");
        app.MapPikku();
        app.MapPikkuCluster();

        var e = await Assert.ThrowsAsync<PikkuConfigurationException>(() => app.StartAsync());

        Assert.Contains("no-such-key", e.Message, StringComparison.Ordinal);
        Assert.Contains("connections-per-node", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "K1")]
    public async Task A_publish_of_another_type_than_a_channel_declares_is_refused_although_nobody_listens()
    {
        await using var app = App(pikku => pikku.WireChannel("lab", c => c.WithTopic<string, string>("room:{id}").OnMessage((string text) => text)));
        app.MapPikku();
        await app.StartAsync().Soon();
        var hub = app.Services.GetRequiredService<IEventHub>();

        await hub.PublishAsync(new Topic<string>("room:1"), "text");
        var refusal = await Assert.ThrowsAsync<EventHubException>(() => hub.PublishAsync(new Topic<int>("room:1"), 1).AsTask());

        Assert.Equal(EventHubErrorReason.TypeMismatch, refusal.Reason);
        await app.StopAsync().Soon();
    }

    [Fact]
    public async Task Without_authentication_everybody_is_a_guest_whatever_they_show()
    {
        await using var lab = await Lab.Start();
        using var client = await lab.Connect("/lab?access_token=anything");

        Assert.Equal("""{"text":null,"action":"echo"}""", await client.Ask("""{"action":"echo"}"""));
    }

    private static WebApplication App(Action<PikkuBuilder> pikku, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPikku(pikku);
        services?.Invoke(builder.Services);
        return builder.Build();
    }
}
