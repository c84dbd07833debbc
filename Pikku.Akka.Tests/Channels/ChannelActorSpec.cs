using Akka.Actor;
using Akka.TestKit.Xunit2;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class ChannelActorSpec : TestKit
{
    [Theory, Trait("Rule", "E5")]
    [InlineData("1")]
    [InlineData("3")]
    public async Task Restarts_a_lane_that_has_ended(string lanes)
    {
        await using var node = new TestNode(
            app => app.WireChannel("c", c => c.AllowAnonymous().UseChannelMiddleware((_, e, next) => next(e)).MapAction("hi", () => "hi")),
            hocon: $"pikku.channel.lanes = {lanes}");
        await node.StartAsync(Sys);
        var connections = Enumerable.Range(0, 8).Select(_ => node.Connect().OwnedBy(Sys)).ToArray();
        foreach (var connection in connections)
            Assert.Equal("""{"action":"hi","result":"hi"}""", await connection.AskAsync("""{"action":"hi"}"""));

        // The streams are the grandchildren of the channel's actor, below its materializer's supervisor.
        Sys.ActorSelection("/user/pikku/channels/c/*/*").Tell(PoisonPill.Instance);

        await AwaitConditionAsync(() => Task.FromResult(node.Meters["pikku.lane.restarts"] == 2 * node.Endpoint.Lanes), Patience.Long);
        foreach (var connection in connections)
            Assert.Equal("""{"action":"hi","result":"hi"}""", await connection.AskAsync("""{"action":"hi"}"""));
    }
}
