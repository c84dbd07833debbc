using System.Text.Json;
using Pikku.Akka.EventHub;
using Xunit;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>What one node can tell of another by the numbers of its batches.</summary>
[Trait("Rule", "K5")]
public sealed class HubPeerSpec
{
    private readonly OutboundBatch _sender = new(origin: 7, incarnation: 100, lane: 0, maxSize: 1000);
    private readonly HubPeer _peer = new("a:1");

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
    public void What_everybody_has_got_is_not_under_way_any_more()
    {
        Batches(3);
        var all = _sender.Unacknowledged;

        _sender.Acknowledged(2);
        Assert.InRange(_sender.Unacknowledged, 1, all / 2);
        _sender.Acknowledged(3);
        Assert.Equal(0, _sender.Unacknowledged);
    }

    [Fact]
    public void A_batch_that_was_dropped_is_a_gap_and_not_under_way()
    {
        _peer.Receive(Batch());
        var before = _sender.Unacknowledged;
        _sender.Add(Event());
        Assert.InRange(_sender.UnacknowledgedWithThis, before + 1, 2 * before);

        _sender.Drop();

        Assert.Equal((before, true), (_sender.Unacknowledged, _sender.IsEmpty));
        Assert.Equal(1, _peer.Receive(Batch()));
    }

    [Fact]
    public void A_batch_says_what_is_in_it()
    {
        _sender.Add(Event());
        _sender.Add(Event());

        var batch = _sender.Take();

        Assert.Equal((7, 100L, 0, 0L, 2), (batch.Origin, batch.Incarnation, batch.Lane, batch.Sequence, batch.Count));
        Assert.False(batch.IsHeartbeat);
        Assert.True(_sender.IsEmpty);
    }

    private static HubEvent Event() => EventEncoder.Encode("news", "one", default, JsonSerializerOptions.Web, int.MaxValue);

    private HubBatch Batch()
    {
        _sender.Add(Event());
        return _sender.Take();
    }

    private void Batches(int count)
    {
        for (var i = 0; i < count; i++)
            Batch();
    }
}
