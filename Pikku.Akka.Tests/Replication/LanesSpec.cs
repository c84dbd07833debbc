using Pikku.Akka.Replication;
using Xunit;

namespace Pikku.Akka.Tests.Replication;

public sealed class LanesSpec
{
    [Theory]
    [InlineData("news", 4)]
    [InlineData("board:7", 4)]
    [InlineData("Grüße", 1)]
    [InlineData("😀", 0)]
    public void The_lane_of_a_name_is_a_part_of_the_protocol_between_nodes(string topic, int lane) => Assert.Equal(lane, Lanes.Of(topic));

    [Fact]
    public void Topics_spread_over_all_lanes()
    {
        var lanes = Enumerable.Range(0, 4000).CountBy(i => Lanes.Of($"topic:{i}")).ToDictionary();

        Assert.All(Enumerable.Range(0, Lanes.Count), lane => Assert.InRange(lanes[lane], 400, 600));
    }
}
