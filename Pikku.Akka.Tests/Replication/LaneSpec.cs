using Pikku.Akka.Replication;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Replication;

/// <summary>Single steps of the agreement between nodes. The simulation has the whole.</summary>
public sealed class LaneSpec
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_node_that_is_left_alone_with_a_hole_asks_nobody()
    {
        var lane = new TestLane(1, _time).Found();
        lane.Join(2);
        lane.Lane.Receive(2, new LaneMessage.Batch(new TestBatch(2, 1, new TestEvent("a"))));
        lane.Lane.Remove(2);
        _time.Advance(TimeSpan.FromSeconds(10));

        lane.Lane.Tick();

        Assert.Empty(lane.Delivered);
    }

    [Fact]
    public void The_first_part_of_a_copy_that_is_asked_for_again_has_the_same_cut()
    {
        var lane = new TestLane(1, _time).Found();
        lane.Join(2);
        lane.Publish("a");
        lane.Lane.Receive(2, new LaneMessage.Pull(5, 0));
        var first = Assert.Single(lane.Take<LaneMessage.CopyHead>());
        lane.Publish("a");
        lane.Lane.Receive(2, new LaneMessage.Pull(5, 0));
        var second = Assert.Single(lane.Take<LaneMessage.CopyHead>());
        lane.Lane.Receive(2, new LaneMessage.Pull(5, 1));
        var chunk = Assert.Single(lane.Take<LaneMessage.CopyChunk>());

        Assert.Same(first, second);
        Assert.Single(Assert.Single(chunk.Topics).Events);
        lane.Lane.Receive(2, new LaneMessage.Pull(6, 0));
        Assert.NotEqual(first.Cut, Assert.Single(lane.Take<LaneMessage.CopyHead>()).Cut);
    }

    [Fact]
    public void A_promise_does_not_prevent_a_ready_node_from_closing_a_gap()
    {
        // Node 2 promises node 1 to copy from nobody else, and copies from it.
        var lane = new TestLane(2, _time);
        lane.Lane.SetMember(2, "node2", 2);
        lane.Join(1);
        lane.Join(3);
        lane.Lane.Receive(1, LaneMessage.MayFound.Instance);
        lane.Lane.Receive(1, Ready((1, 0)));
        var pull = Assert.Single(lane.Take<LaneMessage.Pull>());
        lane.Lane.Receive(1, new LaneMessage.CopyHead(pull.Copy, new Origin(9), [(1, 0)], []));
        lane.Lane.Receive(1, new LaneMessage.CopyChunk(pull.Copy, 1, IsLast: true, []));
        Assert.True(lane.Lane.IsReady);

        // Node 3 has batches that nobody keeps.
        lane.Lane.Receive(3, Ready((3, 9)));
        lane.Lane.Receive(3, Ready((3, 9)));
        Assert.Single(lane.Take<LaneMessage.Ask>());
        lane.Lane.Receive(3, new LaneMessage.Unavailable(3, 0));

        Assert.True(lane.Lane.IsIncomplete);
        Assert.Single(lane.Take<LaneMessage.Pull>());
    }

    [Fact]
    public void Batches_behind_a_hole_are_asked_for_and_then_delivered_in_sequence()
    {
        var lane = new TestLane(1, _time).Found();
        lane.Join(2);
        var (first, second) = (new TestEvent("a"), new TestEvent("a"));
        lane.Lane.Receive(2, new LaneMessage.Batch(new TestBatch(2, 1, second)));

        Assert.Equal(new LaneMessage.Ask(2, 0), Assert.Single(lane.Take<LaneMessage.Ask>()));
        Assert.Empty(lane.Delivered);
        lane.Lane.Receive(2, new LaneMessage.Batch(new TestBatch(2, 0, first)));
        lane.Take<LaneMessage>();
        Assert.Equal([first, second], lane.Delivered);
    }

    [Fact]
    public void A_replicated_publish_completes_with_the_acknowledgement_of_a_ready_member()
    {
        var lane = new TestLane(1, _time).Found();
        lane.Join(2);
        lane.Lane.Receive(2, Ready((1, 0)));
        var content = new TestEvent("a") { IsReplicated = true };
        lane.Lane.Publish(content, TestSettings.Topic);
        lane.Lane.Flush();
        Assert.Empty(lane.Replicated);
        lane.Lane.Receive(2, new LaneMessage.Acknowledge(1));

        Assert.Equal([content], lane.Replicated);
    }

    [Fact]
    public void A_node_whose_own_log_is_closed_in_a_cut_has_been_given_up()
    {
        var lane = new TestLane(2, _time);
        lane.Lane.SetMember(2, "node2", 2);
        lane.Join(1);
        lane.Lane.Receive(1, Ready((1, 0)));
        var pull = Assert.Single(lane.Take<LaneMessage.Pull>());
        lane.Lane.Receive(1, new LaneMessage.CopyHead(pull.Copy, new Origin(9), [], [2]));

        Assert.True(lane.IsGivenUp);
    }

    private static LaneMessage.Beat Ready(params (int Node, long Next)[] digest) => new(IsReady: true, HearsReceiver: true, digest);
}
