using Pikku.Akka.EventHub;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

[Trait("Rule", "K2")]
public sealed class SubscriptionLedgerSpec
{
    private readonly SubscriptionLedger _ledger = new();

    [Fact]
    public void Names_the_lanes_that_were_told_and_only_these()
    {
        Assert.True(_ledger.TryEnter(0));
        Assert.True(_ledger.TryEnter(63));
        Assert.True(_ledger.TryEnter(63));

        Assert.Equal(1UL | 1UL << 63, _ledger.Close());
        Assert.Equal(0UL, _ledger.Close());
    }

    [Fact]
    public void Counts_across_lanes_up_to_the_limit()
    {
        Assert.Equal(LedgerAnswer.Added, _ledger.TryAdd(2));
        Assert.Equal(LedgerAnswer.Added, _ledger.TryAdd(2));
        Assert.Equal(LedgerAnswer.Full, _ledger.TryAdd(2));

        _ledger.Release(1);
        Assert.Equal(LedgerAnswer.Added, _ledger.TryAdd(2));
        Assert.Equal(LedgerAnswer.Full, _ledger.TryAdd(2));
    }

    [Fact]
    public void Gives_no_place_to_a_subscriber_that_has_gone()
    {
        Assert.True(_ledger.TryEnter(1));
        _ledger.Close();

        Assert.Equal(LedgerAnswer.Gone, _ledger.TryAdd(2));
        Assert.False(_ledger.TryEnter(1));
    }
}
