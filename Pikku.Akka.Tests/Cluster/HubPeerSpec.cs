using System.Text.Json;
using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>What a node derives from the sequence numbers of another node's batches.</summary>
[Trait("Rule", "K5")]
public sealed class HubPeerSpec
{
    private readonly OutboundBatch _sender = new(origin: 7, incarnation: 100, lane: 0, maxSize: 1000);
    private readonly HubPeer _peer = Linked();

    [Fact]
    public void What_came_before_the_first_one_is_no_gap()
    {
        Batches(5);
        Assert.Equal(0, _peer.Receive(Batch()));
        Assert.Equal((6, 0), (_peer.Next, _peer.Lost));
    }

    [Fact]
    public void Counts_what_is_missing_and_refuses_what_has_come_before()
    {
        var first = Batch();
        _peer.Receive(first);
        Batches(3);
        var fifth = Batch();

        Assert.Equal(3, _peer.Receive(fifth));
        Assert.Equal(-1, _peer.Receive(fifth));
        Assert.Equal(-1, _peer.Receive(first));
        Assert.Equal(0, _peer.Receive(Batch()));
        Assert.Equal(3, _peer.Lost);
    }

    [Fact]
    public void A_heartbeat_tells_of_the_last_batch_that_was_lost()
    {
        _peer.Receive(_sender.Heartbeat([]));
        Batches(2);

        Assert.Equal(2, _peer.Receive(_sender.Heartbeat([])));
        Assert.Equal(0, _peer.Receive(_sender.Heartbeat([])));
        Assert.Equal(0, _peer.Receive(Batch()));
    }

    [Fact]
    public void A_lane_that_was_restarted_counts_anew_and_is_a_gap()
    {
        _peer.Receive(Batch());
        var old = Batch();
        var restarted = new OutboundBatch(origin: 7, incarnation: 101, lane: 0, maxSize: 1000);
        restarted.Add(Event());

        Assert.Equal(1, _peer.Receive(restarted.Take()));
        Assert.Equal(-1, _peer.Receive(old));
        Assert.Equal(1, _peer.Next);
    }

    [Fact]
    public void A_life_whose_clock_went_back_is_still_the_later_one()
    {
        // Incarnations are counted by the process; only their order matters.
        _peer.Receive(Batch());
        var later = new OutboundBatch(origin: 7, incarnation: 101, lane: 0, maxSize: 1000);

        Assert.Equal(1, _peer.Receive(later.Heartbeat([])));
        Assert.Equal(0, _peer.Receive(later.Heartbeat([])));
    }

    [Fact]
    public void What_was_before_the_link_is_no_gap_and_what_was_before_a_restart_of_this_lane_is_one()
    {
        var joiner = new HubPeer(7, "a:1", 1000);
        joiner.Receive(_sender.Heartbeat([]));
        Batches(3);
        Assert.Equal(0, joiner.Receive(Batch()));
        joiner.HearsUs = true;
        Batches(1);
        Assert.Equal(1, joiner.Receive(Batch()));

        var forgotten = new HubPeer(7, "a:1", 1000, isForgotten: true);
        Assert.Equal(1, forgotten.Receive(Batch()));
        Assert.Equal(0, forgotten.Receive(Batch()));
    }

    [Fact]
    public void Once_linked_a_node_is_told_of_gaps_even_while_it_links_anew()
    {
        _peer.Receive(Batch());
        _peer.HearsUs = false;
        Batches(2);
        Assert.Equal(2, _peer.Receive(Batch()));
    }

    [Fact]
    public void Acknowledges_what_was_delivered_and_not_what_was_received()
    {
        var (first, second) = (Accept(), Accept());
        Assert.Equal(0, _peer.Acknowledgement(1).Next);

        End(second);
        Assert.Equal(0, _peer.Acknowledgement(1).Next);
        Assert.Equal(first.Weight, _peer.Waiting);
        End(first);
        Assert.Equal((2, 0), (_peer.Acknowledgement(1).Next, _peer.Waiting));
    }

    [Fact]
    public void A_batch_is_delivered_when_each_lane_has_delivered_its_part()
    {
        var delivery = Accept();
        delivery.AddPart();
        delivery.AddPart();
        delivery.EndPart();
        delivery.EndPart();
        Assert.False(delivery.IsComplete);
        delivery.EndPart();
        Assert.True(delivery.IsComplete);
    }

    [Fact]
    public void What_was_lost_on_the_way_holds_up_no_acknowledgement()
    {
        End(Accept());
        Batches(2);
        _peer.Receive(_sender.Heartbeat([]));
        Assert.Equal(3, _peer.Acknowledgement(1).Next);
    }

    [Fact]
    public void Batches_of_an_earlier_life_say_nothing_about_the_later_one()
    {
        var late = Accept();
        var restarted = new OutboundBatch(origin: 7, incarnation: 101, lane: 0, maxSize: 1000);
        _peer.Receive(restarted.Heartbeat([]));

        Assert.Equal(new HubAck(1, 101, 0), _peer.Acknowledgement(1));
        End(late);
        Assert.Equal((new HubAck(1, 101, 0), 0), (_peer.Acknowledgement(1), _peer.Waiting));
    }

    [Fact]
    public void It_is_time_to_acknowledge_long_before_the_other_side_has_to_stop()
    {
        var peer = Linked(8_000);
        var sent = 0L;
        while (true)
        {
            var batch = Batch();
            sent += batch.Weight;
            peer.Receive(batch);
            var delivery = peer.Accept(batch, _ => { });
            delivery.EndPart();
            if (peer.Delivered(delivery))
                break;
        }

        Assert.InRange(sent, 1_000, 2_000);
    }

    [Fact]
    public void What_was_sent_is_under_way_until_it_is_acknowledged()
    {
        var batches = new[] { Batch(), Batch(), Batch() };
        foreach (var batch in batches)
            _peer.Sent(batch);
        var all = batches.Sum(batch => batch.Weight);
        Assert.Equal(all, _peer.Unacknowledged);

        _peer.Acknowledge(2);
        Assert.Equal(batches[2].Weight, _peer.Unacknowledged);
        _peer.Acknowledge(3);
        _peer.Acknowledge(1);
        Assert.Equal(0, _peer.Unacknowledged);
    }

    [Fact]
    public void No_more_is_sent_than_the_bound_and_one_batch_always_may_be()
    {
        var first = Batch();
        var peer = Linked(first.Weight - 1);
        Assert.True(peer.HasRoomFor(first));
        peer.Sent(first);
        Assert.False(peer.HasRoomFor(Batch()));

        peer.Drop(3);
        peer.Drop(2);
        peer.Acknowledge(1);

        Assert.True(peer.HasRoomFor(first));
        Assert.Equal((5, 5), (peer.Dropped, peer.Sent(first)));
        Assert.Equal((5, 0), (peer.Dropped, peer.DroppedInARow));
    }

    [Fact]
    public void A_batch_does_not_grow_above_its_size_unless_a_single_event_is_larger()
    {
        var large = EventEncoder.Encode("news", new string('x', 2000), default, JsonSerializerOptions.Web, int.MaxValue);
        Assert.True(_sender.HasRoomFor(large));
        while (_sender.HasRoomFor(Event()))
            _sender.Add(Event());
        Assert.False(_sender.HasRoomFor(large));

        Assert.InRange(_sender.Take().Bytes.Length, 800, 1000);
    }

    [Fact]
    public void A_batch_that_was_dropped_is_a_gap()
    {
        _peer.Receive(Batch());
        _sender.Add(Event());

        _sender.Drop();

        Assert.True(_sender.IsEmpty);
        Assert.Equal(1, _peer.Receive(Batch()));
    }

    [Fact]
    public void A_batch_says_what_is_in_it()
    {
        _sender.Add(Event());
        _sender.Add(Event());

        var batch = _sender.Take();

        Assert.Equal((7, 100L, 0, 0L, 2), (batch.Origin, batch.Incarnation, batch.Lane, batch.Sequence, batch.Count));
        Assert.True(_sender.IsEmpty);
    }

    private static HubEvent Event() => EventEncoder.Encode("news", "one", default, JsonSerializerOptions.Web, int.MaxValue);

    private HubBatch Batch()
    {
        _sender.Add(Event());
        return _sender.Take();
    }

    private static HubPeer Linked(long maxUnacknowledged = 1_000_000) => new(7, "a:1", maxUnacknowledged) { HearsUs = true };

    private BatchDelivery Accept()
    {
        var batch = Batch();
        Assert.Equal(0, _peer.Receive(batch));
        return _peer.Accept(batch, _ => { });
    }

    private void End(BatchDelivery delivery)
    {
        delivery.EndPart();
        _peer.Delivered(delivery);
    }

    private void Batches(int count)
    {
        for (var i = 0; i < count; i++)
            Batch();
    }
}
