using Pikku.Akka.Tests.Support;
using Akka.Actor;

using Pikku.Akka.EventHub;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

public sealed class HubGateSpec
{
    private readonly HubGate _gate = new(maxPendingPublishes: 1);

    [Fact]
    public void Lets_nothing_in_before_it_opens()
    {
        Assert.Throws<EventHubException>(() => _gate.Begin(isPublish: false));
        Assert.False(_gate.Opened.IsCompleted);
    }

    [Fact]
    public async Task Whoever_waits_for_the_start_is_told_when_there_will_be_none()
    {
        _gate.Close();
        _gate.Open([ActorRefs.Nobody]);

        await Assert.ThrowsAsync<EventHubException>(() => _gate.Opened);
        Assert.Throws<EventHubException>(() => _gate.Begin(isPublish: false));
    }

    [Fact]
    public async Task The_bound_counts_publishes_alone_and_a_failed_one_once()
    {
        _gate.Open([ActorRefs.Nobody]);
        var publish = _gate.Begin(isPublish: true);
        _gate.Begin(isPublish: false);
        Assert.Throws<EventHubException>(() => _gate.Begin(isPublish: true));

        publish.Fail(new EventHubException(EventHubError.Unavailable, "Failed."));
        publish.Complete();

        await Assert.ThrowsAsync<EventHubException>(() => publish.Task.Soon());
        _gate.Begin(isPublish: true);
        Assert.Throws<EventHubException>(() => _gate.Begin(isPublish: true));
    }

    [Fact]
    public void A_topic_stays_in_its_lane_and_topics_spread_over_all_lanes()
    {
        _gate.Open([ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody]);
        var lanes = Enumerable.Range(0, 4000).CountBy(i => _gate.LaneOf($"topic:{i}")).ToDictionary();

        Assert.Equal(_gate.LaneOf("news"), _gate.LaneOf("news"));
        Assert.All(Enumerable.Range(0, 4), lane => Assert.InRange(lanes[lane], 800, 1200));
    }
}
