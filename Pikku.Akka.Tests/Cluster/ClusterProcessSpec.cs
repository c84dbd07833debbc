using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A process that is killed, for example by the kernel when memory runs out.</summary>
public sealed class ClusterProcessSpec
{
    [SkippableFact, Trait("Rule", "K5")]
    public async Task A_node_that_is_killed_under_load_costs_the_others_nothing()
    {
        var nodes = await NodeProcess.StartAsync(3);
        try
        {
            var subscribers = await Task.WhenAll(nodes.Select(node => Subscriber.ConnectAsync(node, Subscriber.Topic, Subscriber.Gap)));
            var publishers = await Task.WhenAll(nodes.Take(2).Select(node => node.ConnectAsync("events")));
            using var stop = new CancellationTokenSource();
            var survivors = subscribers[..2];
            var publishing = publishers.Select((publisher, i) => PublishAsync(publisher, i, survivors, stop.Token)).ToArray();

            await Eventually.Holds(() => subscribers[0].Count > 1000, "events flow");
            nodes[2].Kill();
            var before = subscribers[0].Count;
            await Eventually.Holds(() => subscribers[0].Count > before + 2000, "events go on");
            await Eventually.Holds(async () => await nodes[0].MembersAsync() == 2, "the dead node is removed");
            await stop.CancelAsync();
            var sent = await Task.WhenAll(publishing);

            foreach (var survivor in survivors)
            {
                await Eventually.Holds(() => survivor.Count >= sent.Sum() || survivor.Ending is not null, "all has come");
                Assert.Null(survivor.Ending);
                for (var publisher = 0; publisher < 2; publisher++)
                    Assert.Equal(Enumerable.Range(0, sent[publisher]), survivor.Of(publisher));
                Assert.Equal(0, survivor.Gaps);
            }
        }
        finally
        {
            await NodeProcess.EndAsync(nodes);
        }
    }

    private static async Task<int> PublishAsync(TextClient publisher, int number, IReadOnlyList<Subscriber> readers, CancellationToken stop)
    {
        var sent = 0;
        while (!stop.IsCancellationRequested)
        {
            // An event that was not acknowledged does not count as published.
            Assert.Equal(
                """{"action":"publish"}""", await publisher.Ask($$"""{"action":"publish","topic":"news","data":"{{number}}:{{sent}}"}"""));
            sent++;
            // Publishers wait for subscribers, so that fewer events are in transit than an outbox holds.
            if (sent % Subscriber.InStep == 0)
                await Eventually.Holds(() => readers.All(reader => reader.CountOf(number) > sent - 2 * Subscriber.InStep || reader.Ending is not null), "the subscribers keep up");
        }

        return sent;
    }
}
