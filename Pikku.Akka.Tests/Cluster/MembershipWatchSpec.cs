using Akka.Actor;
using Pikku.Akka.Cluster;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Until when a node may act as a member of its cluster. The node under test is <c>b</c>, its timeout is 6 s, and times are in seconds.</summary>
public sealed class MembershipWatchSpec
{
    private static readonly Address s_self = AddressOf("b");

    private readonly MembershipWatch _watch = new(TimeSpan.FromSeconds(6));

    [Fact]
    public void A_node_that_is_the_only_member_needs_nobody() => Assert.Null(HeldUntil([]));

    [Theory]
    [InlineData("c:50 d:20", 56)]
    [InlineData("c:50 d:20 e:40 f:10", 46)]
    [InlineData("c:0 d:0 e:0 f:0", 6)]
    public void The_lease_ends_with_the_timeout_after_the_last_contact_with_a_majority(string others, int until) => Assert.Equal(until, HeldUntil(others.Split(' ')));

    [Theory]
    [InlineData("c:10", null)]
    [InlineData("a:10", 16)]
    [InlineData("c:10 d:20 e:30", 36)]
    [InlineData("a:30 c:10 d:20", 36)]
    [InlineData("a:10 c:20 d:30", 26)]
    [InlineData("a:40 c:10 d:20 e:50 f:30", 46)]
    [InlineData("a:10 c:10 d:20 e:50 f:30", 26)]
    public void Of_two_halves_the_one_with_the_lowest_address_is_enough(string others, int? until) => Assert.Equal(until, HeldUntil(others.Split(' ')));

    [Fact]
    public void Addresses_are_compared_as_the_resolver_compares_them()
    {
        // As numbers and not as text: 4053 is before 10000.
        var (low, high) = (new Address("akka.tcp", "pikku", "h", 4053), new Address("akka.tcp", "pikku", "h", 10000));

        Assert.Equal(MembershipWatch.Unlimited, _watch.HeldUntil(low, [(high, 0)]));
        Assert.Equal(6000, _watch.HeldUntil(high, [(low, 0)]));
    }

    [Fact]
    public void Six_questions_are_asked_within_the_timeout()
    {
        var sent = Enumerable.Range(0, 120).Count(tick => _watch.IsContactDue(1_000_000 + tick * 100));

        Assert.Equal(12, sent);
    }

    [Fact]
    public void A_node_is_cut_off_from_the_end_of_its_lease_until_it_holds_it_again()
    {
        Assert.False(_watch.Update(1000, isHeld: true));
        Assert.True(_watch.Update(2000, isHeld: false));
        Assert.False(_watch.Update(2100, isHeld: false));
        Assert.True(_watch.IsCutOff);

        Assert.False(_watch.HasLasted(7999));
        Assert.True(_watch.HasLasted(8000));

        Assert.True(_watch.Update(8100, isHeld: true));
        Assert.False(_watch.IsCutOff);
        Assert.False(_watch.HasLasted(60_000));
    }

    private int? HeldUntil(string[] others)
    {
        var until = _watch.HeldUntil(s_self, [.. others.Select(other => (AddressOf(other[..1]), 1000L * int.Parse(other.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture)))]);
        return until == MembershipWatch.Unlimited ? null : (int)(until / 1000);
    }

    private static Address AddressOf(string host) => new("akka.tcp", "pikku", host, 1);
}
