using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A process that does not respond for a while, and then continues.</summary>
public sealed class FrozenNodeSpec
{
    [SkippableFact, Trait("Rule", "K5")]
    public async Task A_node_that_is_cut_off_is_put_out_and_ends_itself_while_the_others_go_on()
    {
        var nodes = await NodeProcess.StartAsync(3);
        try
        {
            var subscriber = await Subscriber.ConnectAsync(nodes[1], Subscriber.Topic, Subscriber.Gap);

            // The process does not respond, like a node behind a broken cable, and continues after the other nodes have decided.
            nodes[2].Signal("STOP");
            await nodes[0].PublishAsync("0:0");
            await Eventually.Holds(() => subscriber.Count == 1, "the majority serves");
            await Eventually.Holds(async () => await nodes[0].MembersAsync() == 2, "the majority has put it out");
            nodes[2].Signal("CONT");

            await nodes[2].ExitAsync();
            await nodes[0].PublishAsync("0:1");
            await Eventually.Holds(() => subscriber.Count == 2, "the majority still serves");
            Assert.Equal(0, subscriber.Gaps);
        }
        finally
        {
            await NodeProcess.EndAsync(nodes);
        }
    }
}
