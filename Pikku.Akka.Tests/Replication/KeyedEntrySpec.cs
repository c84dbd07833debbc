using Pikku.Akka.Replication;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Replication;

/// <summary>Which of two writes of a key wins, in particular when one of them clears it.</summary>
[Trait("Rule", "T1")]
public sealed class KeyedEntrySpec
{
    private const long CountsFor = 1_000;

    private static readonly EntryBounds s_bounds = new(100, long.MaxValue, TimeSpan.FromDays(1), CountsFor);

    [Fact]
    public void A_later_write_that_does_not_know_a_clear_loses_against_it()
    {
        var clear = Clear(100);
        var update = Write(105, knows: default);
        var login = Write(101, knows: clear.Stamp);

        Assert.False(update.Overrides(clear, CountsFor));
        Assert.True(clear.Overrides(update, CountsFor));
        Assert.True(login.Overrides(clear, CountsFor));
        Assert.True(login.Overrides(update, CountsFor));
        Assert.False(update.Overrides(login, CountsFor));
    }

    [Fact]
    public void A_clear_counts_for_a_time_and_no_longer_whether_a_node_remembers_it_or_not()
    {
        var clear = Clear(100);
        var login = Write(101, knows: clear.Stamp);

        Assert.False(Write(100 + CountsFor, knows: default).Overrides(clear, CountsFor));
        Assert.True(Write(101 + CountsFor, knows: default).Overrides(clear, CountsFor));
        Assert.True(Write(101 + CountsFor, knows: default).Overrides(login, CountsFor));
        Assert.False(clear.Overrides(Write(101 + CountsFor, knows: default), CountsFor));
    }

    [Fact]
    public void The_order_of_writes_is_total()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var clears = new[] { default, Clear(random.Next(1, 900)).Stamp, Clear(random.Next(901, 1800)).Stamp };
            var stamps = Enumerable.Range(1, 3000).OrderBy(_ => random.Next()).Take(3).ToList();
            var writes = stamps.ConvertAll(time => Write(time, knows: clears.Where(clear => clear.Time < time).OrderBy(_ => random.Next()).First()));
            var wins = writes.ConvertAll(one => writes.Count(other => one.Overrides(other, CountsFor)));

            Assert.True(wins.Order().SequenceEqual([0, 1, 2]), string.Join(", ", writes)); // a circle would give each of them one
        }
    }

    /// <summary>
    /// Three nodes write, clear and log in with what they know at that moment, and their writes reach the others in any order. No node may end with a session that does not
    /// know the last clear.
    /// </summary>
    [Fact]
    public void Whatever_the_order_of_arrival_all_nodes_end_with_the_same_and_no_update_outlives_a_clear()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            TopicHistory[] nodes = [Node(), Node(), Node()];
            var seen = new long[nodes.Length];
            var underway = new List<(int To, KeyedEntry Entry)>();
            var clears = new List<Stamp>();
            for (var time = 1; time <= 30; time++)
            {
                var node = random.Next(nodes.Length);
                if (random.Next(3) > 0 && underway.Count > 0)
                {
                    var next = random.Next(underway.Count);
                    var (to, arrived) = underway[next];
                    nodes[to].Write("ann", arrived);
                    seen[to] = Math.Max(seen[to], arrived.Stamp.Time);
                    underway.RemoveAt(next);
                    continue;
                }

                // The clocks of the nodes differ by more than the whole test takes.
                seen[node] = Math.Max(time + 100 * node, seen[node] + 1);
                var stamp = new Stamp(seen[node], new Origin((ulong)node + 1));
                var knows = nodes[node].Entries?.GetValueOrDefault("ann")?.Base ?? default;
                var entry = random.Next(4) == 0 ? Clear(stamp) : Write(stamp, knows);
                if (entry.Value is null)
                    clears.Add(stamp);
                nodes[node].Write("ann", entry);
                underway.AddRange(Enumerable.Range(0, nodes.Length).Where(other => other != node).Select(other => (other, entry)));
            }

            foreach (var (to, entry) in underway.OrderBy(_ => random.Next()))
                nodes[to].Write("ann", entry);
            var ends = nodes.Select(node => node.Entries?.GetValueOrDefault("ann")).ToArray();
            Assert.All(ends, end => Assert.Equal(ends[0], end));
            Assert.True(ends[0]?.Value is null || clears.TrueForAll(clear => clear <= ends[0]!.Base), $"seed {seed}");
        }
    }

    [Fact]
    public void Bounds_drop_what_was_not_used_for_the_longest_time_and_never_what_was_just_written()
    {
        var node = new TopicHistory("t", new HistoryOptions(0, TimeSpan.Zero) { Bounds = s_bounds with { MaxEntries = 2 } }, 0);
        foreach (var (key, time) in new[] { ("a", 3L), ("b", 1L), ("c", 2L) })
            node.Write(key, Write(new Stamp(time, new Origin(1)), default) with { Time = time });

        Assert.Equal(["b"], node.Options.Bounds!.Excess(node, "c"));
        Assert.Equal(["c"], node.Options.Bounds!.Excess(node, "b"));
    }

    [Fact]
    public void The_memory_of_entries_is_counted_through_writes_removals_and_drops()
    {
        var node = Node();
        node.Write("a", Write(1, default));
        node.Write("b", Write(1, default));
        node.Write("a", Write(2, default) with { Value = new byte[100] });
        Assert.Equal((2, 2 * KeyedEntry.Overhead + 4 + 1 + 100), (node.LiveEntries, node.EntrySize));

        node.Write("a", Clear(3));
        node.Drop("b");
        Assert.Equal((0, 0), (node.LiveEntries, node.EntrySize));
        Assert.Single(node.Entries!);
    }

    [Fact, Trait("Rule", "T1")]
    public void A_copy_has_the_clears_and_the_ages_of_the_entries()
    {
        var time = new ManualTime();
        var options = new HistoryOptions(0, TimeSpan.Zero) { IsKeyed = true, Bounds = s_bounds };
        var (source, joiner) = (History(1), History(2));
        Publish(source, new KeyedWrite("old", [1], null));
        time.Advance(TimeSpan.FromHours(1));
        Publish(source, new KeyedWrite("gone", null, null) { IsClear = true });

        var picture = source.TakePicture().Single();
        time.Advance(TimeSpan.FromSeconds(2));
        joiner.Merge(picture, elapsed: 2000, deliver: null);

        var (there, here) = (source.Find("t")!.Entries!, joiner.Find("t")!.Entries!);
        Assert.Equal(there["old"], here["old"]);
        Assert.Equal(there["gone"].Stamp, here["gone"].Base);
        Assert.Equal(joiner.Now, here["gone"].Time); // remembered for the whole time, as nobody knows what still arrives here

        LaneHistory History(ulong node) => new(new Origin(node), TestSettings.History, 1, _ => options, time);

        void Publish(LaneHistory lane, KeyedWrite write)
        {
            var content = new TestEvent("t") { Write = write };
            lane.Number(content, options);
            lane.Apply(content, out _);
        }
    }

    private static TopicHistory Node() => new("t", new HistoryOptions(0, TimeSpan.Zero) { Bounds = s_bounds }, 0);

    private static KeyedEntry Clear(long time) => Clear(new Stamp(time, new Origin(1)));

    private static KeyedEntry Clear(Stamp stamp) => new(stamp, null, null, 0) { Base = stamp };

    private static KeyedEntry Write(long time, Stamp knows) => Write(new Stamp(time, new Origin(2)), knows);

    private static KeyedEntry Write(Stamp stamp, Stamp knows) => new(stamp, [1], null, 0) { Base = knows };
}
