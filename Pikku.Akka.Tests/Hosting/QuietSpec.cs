using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>What goes as it should is no news: no warning, no stack, and one time in each line.</summary>
public sealed class QuietSpec
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_some_traffic_and_a_stop_write_nothing_that_anybody_must_look_at(bool inCluster)
    {
        var logs = new LogCapture();
        await using (var node = await Start(logs, inCluster ? "pikku.cluster { host = \"127.0.0.1\", port = 0 }" : ""))
        {
            using var client = await TextClient.Connect(Socket(node));
            using var other = await TextClient.Connect(Socket(node));
            for (var i = 0; i < 20; i++)
                Assert.NotNull(await client.Ask("""{"action":"ping"}"""));
            await node.StopAsync();
        }

        AssertQuiet(logs);
    }

    [Fact]
    public async Task A_node_that_stops_and_comes_back_is_no_news_for_the_others()
    {
        var (logs, peer) = (new LogCapture(), new LogCapture());
        await using var node = await Start(logs, "pikku.cluster { host = \"127.0.0.1\", port = 0 }");
        var address = global::Akka.Cluster.Cluster.Get(node.Services.GetRequiredService<ActorSystem>()).SelfAddress;
        for (var life = 0; life < 2; life++)
        {
            await using var other = await Start(peer, $"pikku.cluster {{ host = \"127.0.0.1\", port = 0, seeds = [\"127.0.0.1:{address.Port}\"] }}");
            using var client = await TextClient.Connect(Socket(other));
            Assert.NotNull(await client.Ask("""{"action":"ping"}"""));
            await other.StopAsync();
        }

        await node.StopAsync();

        AssertQuiet(logs);
        AssertQuiet(peer);
    }

    private static void AssertQuiet(LogCapture logs)
    {
        var noise = Noise(logs).ToArray();
        Assert.True(noise.Length == 0, string.Join('\n', noise));
    }

    private static IEnumerable<string> Noise(LogCapture logs) => logs.Entries
        .Where(e => e.Level >= LogLevel.Warning || e.Text.StartsWith('[') || e.Text.Contains("   at ", StringComparison.Ordinal))
        .Where(e => !e.Category.StartsWith("Microsoft.", StringComparison.Ordinal))
        // A cluster of one seed is not safe, and says so on purpose.
        .Where(e => !e.Text.Contains("is the only seed", StringComparison.Ordinal) && !e.Text.Contains("is the only member", StringComparison.Ordinal))
        // The cluster tells of a busy machine, which is no fault of the library.
        .Where(e => !e.Text.Contains("heartbeat was delayed", StringComparison.Ordinal))
        .Select(e => $"{e.Level} {e.Category}: {e.Text}");

    private static Uri Socket(WebApplication node) => new($"ws://{new Uri(node.Urls.Single()).Authority}/a");

    private static async Task<WebApplication> Start(LogCapture logs, string hocon)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["AllowedHosts"] = "127.0.0.1";
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Information);
        builder.Services.AddPikku(pikku => pikku
            .AddHocon(hocon)
            .AddChannelMiddleware("a", (_, e, next) => next(e))
            .WireChannel("a", c => c.AllowAnonymous().MapAction("ping", () => "pong")));
        var app = builder.Build();
        app.MapPikku();
        await app.StartAsync();
        return app;
    }
}
