using Pikku.Akka.Replication;
using Xunit;

namespace Pikku.Akka.Tests.Replication;

public sealed class OriginLogSpec
{
    private const int Node = 7;
    private const long Unlimited = long.MaxValue;

    [Fact]
    public void Batches_are_delivered_in_sequence_whatever_order_they_arrive_in()
    {
        var log = new OriginLog(Node, 0);
        log.Hold(Batch(1), Unlimited);
        Assert.False(log.CanDeliver);
        Assert.Equal(1, log.FirstHeld);
        log.Hold(Batch(0), Unlimited);

        Assert.Equal([0L, 1L], DeliverAll(log, Unlimited));
        Assert.Equal(2, log.Next);
        Assert.Equal(0, log.HeldWeight);
    }

    [Fact]
    public void A_batch_that_was_received_or_delivered_is_refused()
    {
        var log = new OriginLog(Node, 0);
        Assert.True(log.Hold(Batch(0), Unlimited));
        Assert.False(log.Hold(Batch(0), Unlimited));
        DeliverAll(log, Unlimited);

        Assert.False(log.Hold(Batch(0), Unlimited));
    }

    [Fact]
    public void Above_the_limit_the_newest_batch_is_dropped()
    {
        var log = new OriginLog(Node, 0);
        log.Hold(Batch(3), 250);
        log.Hold(Batch(2), 250);
        log.Hold(Batch(1), 250);
        log.Hold(Batch(0), 250);

        Assert.Equal(200, log.HeldWeight);
        Assert.Equal([0L, 1L], DeliverAll(log, Unlimited));
    }

    [Fact]
    public void A_batch_that_is_larger_than_the_limit_is_held_alone()
    {
        var log = new OriginLog(Node, 0);
        log.Hold(Batch(0, size: 1000), 250);

        Assert.Equal([0L], DeliverAll(log, Unlimited));
    }

    [Fact]
    public void The_last_delivered_batches_are_kept_up_to_a_size()
    {
        var log = new OriginLog(Node, 0);
        for (var sequence = 0; sequence < 5; sequence++)
            log.Hold(Batch(sequence), Unlimited);
        DeliverAll(log, maxKept: 300);

        Assert.Empty(log.KeptFrom(1, Unlimited));
        Assert.Equal([2L, 3L, 4L], log.KeptFrom(2, Unlimited).Select(static batch => batch.Sequence));
        Assert.Equal([3L], log.KeptFrom(3, 1).Select(static batch => batch.Sequence));
        Assert.Empty(log.KeptFrom(5, Unlimited));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)] // the first capacity of the ring
    [InlineData(50)]
    public void Kept_batches_are_found_by_their_sequence_however_many_came_before(int kept)
    {
        var log = new OriginLog(Node, 0);
        for (var sequence = 0; sequence < 200; sequence++)
        {
            log.Published(Batch(sequence), maxKept: kept * 100);

            var oldest = Math.Max(0, sequence - kept + 1);
            Assert.Equal(Enumerable.Range(oldest, sequence - oldest + 1).Select(static one => (long)one), log.KeptFrom(oldest, Unlimited).Select(static batch => batch.Sequence));
            Assert.Equal(sequence, log.KeptFrom(sequence, Unlimited).Single().Sequence);
            Assert.Empty(log.KeptFrom(oldest - 1, Unlimited));
        }
    }

    [Fact]
    public void Kept_batches_have_no_holes()
    {
        var log = new OriginLog(Node, 0);
        log.Published(Batch(0), Unlimited);
        log.Published(null, Unlimited); // there was no other node, so it was not encoded
        log.Published(Batch(2), Unlimited);

        Assert.Empty(log.KeptFrom(0, Unlimited));
        Assert.Equal([2L], log.KeptFrom(2, Unlimited).Select(static batch => batch.Sequence));
    }

    [Fact]
    public void A_log_without_a_beginning_holds_and_delivers_nothing()
    {
        var log = new OriginLog(Node, null);
        log.Hold(Batch(4), Unlimited);
        log.Hold(Batch(5), Unlimited);
        Assert.False(log.CanDeliver);
        log.BeginAt(5);

        Assert.Equal([5L], DeliverAll(log, Unlimited));
        Assert.Equal(6, log.Next);
    }

    [Fact]
    public void A_log_never_goes_back()
    {
        var log = new OriginLog(Node, 5);
        log.BeginAt(3);

        Assert.Equal(5, log.Next);
    }

    [Fact]
    public void A_batch_is_delivered_event_by_event()
    {
        var log = new OriginLog(Node, 0);
        var (first, second) = (new TestEvent("a"), new TestEvent("b"));
        log.Hold(new TestBatch(Node, 0, first, second), Unlimited);

        Assert.Same(first, log.Peek());
        Assert.Null(log.Advance(Unlimited));
        Assert.True(log.IsInBatch);
        Assert.Equal(0, log.Next);
        Assert.Same(second, log.Peek());
        Assert.Equal(0, log.Advance(Unlimited)!.Sequence);
        Assert.False(log.IsInBatch);
        Assert.Equal(1, log.Next);
    }

    private static TestBatch Batch(long sequence, int size = 100) => new(Node, sequence, new TestEvent("a", size));

    private static List<long> DeliverAll(OriginLog log, long maxKept)
    {
        var delivered = new List<long>();
        while (log.CanDeliver)
        {
            log.Peek();
            if (log.Advance(maxKept) is { } batch)
                delivered.Add(batch.Sequence);
        }

        return delivered;
    }
}
