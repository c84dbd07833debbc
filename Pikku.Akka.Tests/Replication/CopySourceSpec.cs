using Pikku.Akka.Replication;
using Xunit;

namespace Pikku.Akka.Tests.Replication;

/// <summary>A copy in parts is the same as a copy in one.</summary>
public sealed class CopySourceSpec
{
    private const long Copy = 5;

    private static readonly Origin Origin = new(2);
    private static readonly LaneMessage.CopyHead Head = new(Copy, new Origin(9), [(1, 4)], []);

    [Theory]
    [InlineData(1)]
    [InlineData(150)]
    [InlineData(400)]
    [InlineData(2000)]
    [InlineData(1_000_000)]
    public void Parts_of_any_size_give_the_same_topics(long maxSize)
    {
        var topics = new List<TopicPicture> { Topic("a", 7, 0), Topic("empty", 0, 0), Topic("k", 3, 4), Topic("state", 0, 5), Topic("z", 1, 0) };
        var (source, copy) = (new CopySource(Copy, Head, topics, maxSize), new LaneCopy(1, Copy, 0));

        Transfer(source, copy);

        Assert.Equal(topics.Select(Describe), copy.Topics.Select(Describe));
        Assert.Equal(maxSize < 1000, copy.Index > 3);
    }

    [Fact]
    public void A_copy_without_topics_has_one_part()
    {
        var copy = new LaneCopy(1, Copy, 0);
        Transfer(new CopySource(Copy, Head, [], 100), copy);

        Assert.Empty(copy.Topics);
        Assert.Equal(2, copy.Index);
    }

    [Fact]
    public void A_part_that_is_asked_for_again_is_the_same_one()
    {
        var source = new CopySource(Copy, Head, [Topic("a", 9, 0)], 150);

        Assert.Same(source.Part(0), source.Part(0));
        Assert.Same(source.Part(1), source.Part(1));
        Assert.Same(source.Part(2), source.Part(2));
        Assert.Null(source.Part(1));
        Assert.Null(source.Part(4));
    }

    [Fact]
    public void A_part_that_was_not_asked_for_is_ignored()
    {
        var (source, copy) = (new CopySource(Copy, Head, [Topic("a", 9, 0)], 150), new LaneCopy(1, Copy, 0));
        var first = (LaneMessage.CopyChunk)source.Part(1)!;

        Assert.False(copy.Receive(first, 0)); // before the first part
        Assert.False(copy.Receive(Head with { Copy = Copy + 1 }, 0));
        Assert.True(copy.Receive(Head, 0));
        Assert.False(copy.Receive(Head, 0));
        Assert.True(copy.Receive(first, 0));
        Assert.False(copy.Receive(first, 0));
        Assert.False(copy.Receive(first with { Copy = Copy + 1, Index = 2 }, 0));
    }

    private static void Transfer(CopySource source, LaneCopy copy)
    {
        Assert.True(copy.Receive((LaneMessage.CopyHead)source.Part(0)!, 0));
        while (!copy.IsComplete)
            Assert.True(copy.Receive((LaneMessage.CopyChunk)source.Part(copy.Index)!, 0));
        Assert.Null(source.Part(copy.Index));
    }

    private static TopicPicture Topic(string name, int events, int entries) => new(
        name, 3, [new NumbersPicture(Origin, events, 0, 0, 10)],
        [.. Enumerable.Range(1, events).Select(number => ((ReplicatedEvent)TestEvent.Of(name, Origin, number), (long)(events - number)))],
        [.. Enumerable.Range(1, entries).Select(static key => ($"key{key}", new KeyedEntry(new Stamp(key, Origin), [1, 2, 3], null, 0)))]);

    private static string Describe(TopicPicture topic) =>
        $"{topic.Name} {topic.RememberedFor} {string.Join(' ', topic.Numbers)} | {string.Join(' ', topic.Events)} | {string.Join(' ', topic.Entries.Select(static entry => entry.Key))}";
}
