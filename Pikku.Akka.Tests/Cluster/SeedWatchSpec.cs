using Pikku.Akka.Cluster;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>How a node detects a second cluster, and which of the two clusters yields.</summary>
public sealed class SeedWatchSpec
{
    [Fact]
    public void Greets_seeds_that_are_no_members_at_growing_intervals()
    {
        var watch = new SeedWatch(["a:1", "b:1", "c:1"]);
        var greeted = new List<int>();
        for (var second = 0; second <= 300; second++)
        {
            var due = watch.Due(second * 1000L, ["a:1", "d:1"]);
            if (due.Count == 0)
                continue;
            Assert.Equal(["b:1", "c:1"], due);
            greeted.Add(second);
        }

        Assert.Equal([2, 6, 14, 30, 62, 122, 182, 242], greeted);
        Assert.Empty(watch.Due(400_000, ["a:1", "b:1", "c:1"]));
        Assert.Equal(["c:1"], watch.Due(402_000, ["a:1", "b:1"]));
    }

    [Fact]
    public void A_node_that_one_of_them_still_counts_as_a_member_is_no_other_cluster()
    {
        Assert.True(SeedWatch.IsAnotherCluster("b:1", ["b:1", "c:1"], "a:1", ["a:1"]));
        Assert.False(SeedWatch.IsAnotherCluster("b:1", ["b:1", "a:1"], "a:1", ["a:1"]));
        Assert.False(SeedWatch.IsAnotherCluster("b:1", ["b:1"], "a:1", ["a:1", "b:1"]));
    }

    [Fact]
    public void The_smaller_cluster_gives_way_and_of_equal_ones_that_without_the_lowest_address()
    {
        Assert.True(SeedWatch.Yields(["a:1"], ["b:1", "c:1"]));
        Assert.False(SeedWatch.Yields(["b:1", "c:1"], ["a:1"]));
        Assert.True(SeedWatch.Yields(["b:1"], ["a:1"]));
        Assert.False(SeedWatch.Yields(["a:1"], ["b:1"]));
    }
}
