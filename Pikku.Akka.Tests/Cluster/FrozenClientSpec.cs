using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A client whose process keeps its connection and never reads.</summary>
public sealed class FrozenClientSpec
{
    [SkippableFact, Trait("Rule", "K6")]
    public async Task A_client_that_never_reads_holds_up_nobody_on_any_node()
    {
        const int events = 3000;
        var nodes = await NodeProcess.StartAsync(2);
        try
        {
            using var frozen = await nodes[1].ConnectAsync("events");
            await frozen.Send("""{"action":"subscribe","topic":"news"}""");
            var (here, there) = (await Subscriber.ConnectAsync(nodes[0], Subscriber.Topic), await Subscriber.ConnectAsync(nodes[1], Subscriber.Topic));
            using var publisher = await nodes[0].ConnectAsync("events");

            // More than its outbox and the network buffers hold.
            var padding = new string('x', 8000);
            for (var i = 0; i < events; i++)
            {
                await publisher.Ask($$"""{"action":"publish","topic":"news","data":"0:{{i}}:{{padding}}"}""");
                if (i % Subscriber.InStep == Subscriber.InStep - 1)
                    await Eventually.Holds(() => here.Count == i + 1 && there.Count == i + 1, "the others get everything");
            }

            Assert.Equal(Enumerable.Range(0, events), here.Of(0));
            Assert.Equal(Enumerable.Range(0, events), there.Of(0));
        }
        finally
        {
            await NodeProcess.EndAsync(nodes);
        }
    }
}
