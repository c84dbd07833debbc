using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

public sealed class EventStreamClusterSpec
{
    private static readonly Topic<JsonElement> Kept = new("kept");

    [Theory]
    [InlineData("news")]
    [InlineData("kept")]
    public async Task A_stream_gets_the_events_of_another_node_with_and_without_a_history(string topic)
    {
        await using var first = await StartAsync("");
        var address = global::Akka.Cluster.Cluster.Get(first.Services.GetRequiredService<ActorSystem>()).SelfAddress;
        await using var second = await StartAsync($"pikku.cluster.seeds = [\"{address.Host}:{address.Port}\"]");
        using var stream = await first.OpenAsync(topic);
        foreach (var data in new[] { 1, 2 })
        {
            await second.PublishAsync(topic, data);
            Assert.Equal($$"""{"topic":"{{topic}}","data":{{data}}}""", await stream.NextAsync());
        }
    }

    private static Task<Lab> StartAsync(string hocon) => StreamLab.StartAsync(
        $"pikku.cluster {{ host = \"127.0.0.1\", port = 0, silent-after = 20s }}\nakka.loglevel = ERROR\n{hocon}",
        more: options => options.Events = events => events.AddTopic(Kept).WithHistory(10, TimeSpan.FromMinutes(1)));
}
