using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A process that does not respond for a while, and then continues.</summary>
public sealed class FrozenNodeSpec
{
    [SkippableFact, Trait("Rule", "K5")]
    public async Task A_node_that_is_cut_off_is_put_out_and_ends_itself_while_the_others_go_on_with_its_clients()
    {
        var nodes = await NodeProcess.StartAsync(3);
        try
        {
            var subscriber = await Subscriber.ConnectAsync(nodes[1], Subscriber.Topic, Subscriber.Gap);

            await using var follower = new Follower([.. nodes.Select(node => node.Address)], 2, "frozen");
            await Eventually.Holds(() => follower.Subscriptions == 1, "the follower is subscribed");

            using var victim = await nodes[2].ConnectAsync("events");
            await victim.Ask("""{"action":"publish","topic":"other","data":"ready"}""");

            // The process does not respond, like a node behind a broken cable, and continues after the other nodes have decided.
            nodes[2].Signal("STOP");
            await nodes[0].PublishAsync("0:0");
            await nodes[0].PublishToFeedAsync("frozen", "meanwhile");
            await Eventually.Holds(() => subscriber.Count == 1, "the majority serves");
            await Eventually.Holds(async () => await nodes[0].MembersAsync() == 2, "the majority has put it out");
            // The kernel keeps the message until the process continues. A node that does not know whether it is still a member must not acknowledge it.
            await victim.Send("""{"action":"publish","topic":"news","data":"1:0"}""");
            nodes[2].Signal("CONT");

            Assert.DoesNotContain("""{"action":"publish"}""", await victim.ReceiveToEnd());
            await nodes[2].ExitAsync();
            await nodes[0].PublishAsync("0:1");
            await Eventually.Holds(() => subscriber.Count == 2, "the majority still serves");
            Assert.Equal(0, subscriber.Gaps);
            await nodes[1].PublishToFeedAsync("frozen", "after");
            await Eventually.Holds(() => follower.NextOf("after") == 1, "a client of the frozen node resumes elsewhere");
            Assert.Equal(["after", "meanwhile"], follower.Entries.Select(entry => entry.Publisher).Order(StringComparer.Ordinal));
            Assert.Empty(follower.Losses);
        }
        finally
        {
            await NodeProcess.EndAsync(nodes);
        }
    }
}
