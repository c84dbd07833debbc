using Pikku.Akka.Replication;
using Xunit;

namespace Pikku.Akka.Tests.Replication;

public sealed class PositionSpec
{
    private static readonly Origin First = new(0x0123_4567_89ab_cdef);
    private static readonly Origin Second = new(ulong.MaxValue);
    private static readonly Origin History = new(42);

    [Fact]
    public void A_position_is_read_as_it_was_written()
    {
        var text = new Position(new() { [First] = 1841, [Second] = long.MaxValue }, History, 29_403_511).ToString();

        Assert.True(Position.TryParse(text, out var position));
        Assert.Equal(1841, position[First]);
        Assert.Equal(long.MaxValue, position[Second]);
        Assert.Equal(29_403_511, position.Histories[History]);
        Assert.Equal($"{First}.1841,{Second}.9223372036854775807,~{History}.29403511", text);
    }

    [Fact]
    public void An_origin_that_is_not_named_has_the_number_0() => Assert.Equal(0, new Position([], History, 1)[First]);

    [Fact]
    public void An_entry_that_is_named_twice_counts_with_its_greater_number()
    {
        Assert.True(Position.TryParse($"{First}.7,{First}.3,~{History}.5,~{History}.9", out var position));

        Assert.Equal(7, position[First]);
        Assert.Equal(9, position.Histories[History]);
    }

    [Fact]
    public void Empty_entries_and_spaces_around_entries_are_ignored()
    {
        Assert.True(Position.TryParse($" , {First}.7 ,,", out var position));

        Assert.Equal(7, position[First]);
        Assert.True(Position.TryParse("", out var empty));
        Assert.Empty(empty.Numbers);
    }

    [Fact]
    public void A_name_that_no_node_has_is_unknown_and_not_malformed()
    {
        Assert.True(Position.TryParse("another-version".Replace("-", "", StringComparison.Ordinal) + ".3", out var position));

        Assert.Equal([3L], position.Numbers.Values);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("x.")]
    [InlineData(".1")]
    [InlineData("x.-1")]
    [InlineData("x.1.2")]
    [InlineData("x.99999999999999999999")]
    [InlineData("~.1")]
    [InlineData("x y.1")]
    [InlineData("x.1;y.2")]
    [InlineData("abcdefghijabcdefghijabcdefghijabc.1")]
    public void Other_text_is_no_position(string text) => Assert.False(Position.TryParse(text, out _));
}
