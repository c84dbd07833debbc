using System.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Dispatch;

public sealed class CascadeSpec
{
    private const int MaxWaiting = 64;
    private const int WritesPerItem = 32;

    [Fact]
    public void Runs_new_items_after_the_current_one_on_its_thread_and_in_order()
    {
        var (here, order, threads) = OwnThread.InOneGo(() =>
        {
            var order = new List<string>();
            var last = Note(order, "last");
            var third = Note(order, "third");
            var second = Note(order, "second", () => Cascade.RunNext(last));
            var first = Note(order, "first", () =>
            {
                Cascade.RunNext(third);
                order.Add("still first");
            });
            using (Cascade.Open())
            {
                Cascade.RunNext(first);
                Cascade.RunNext(second);
                order.Add("scope");
            }

            return (Thread.CurrentThread, order, (Thread?[])[first.Thread, second.Thread, third.Thread, last.Thread]);
        });

        Assert.Equal(["scope", "first", "still first", "second", "third", "last"], order);
        Assert.All(threads, thread => Assert.Same(here, thread));
    }

    [Fact]
    public void Runs_writes_once_after_all_items_that_became_ready()
    {
        var (order, write) = OwnThread.InOneGo(() =>
        {
            var order = new List<string>();
            var write = Note(order, "write");
            var second = Note(order, "second");
            using (Cascade.Open())
            {
                Cascade.RunLast(write);
                Cascade.RunNext(Note(order, "first", () => Cascade.RunNext(second)));
            }

            using (Cascade.Open())
                order.Add("another cascade");
            return (order, write);
        });

        Assert.Equal(["first", "second", "write", "another cascade"], order);
        Assert.Equal(1, write.Runs);
    }

    [Fact]
    public void Is_not_running_after_it_has_ended()
    {
        OwnThread.Run(() =>
        {
            using (Cascade.Open())
                Cascade.RunNext(new Work());
            var next = new Work();
            var last = new Work();

            Cascade.RunNext(next);
            Cascade.RunLast(last);

            OwnThread.BlockUntil(next, last);
            Assert.True(next.Thread!.IsThreadPoolThread);
            Assert.True(last.Thread!.IsThreadPoolThread);
        });
    }

    [Fact]
    public async Task Begins_on_a_pool_thread_when_none_is_open()
    {
        // Whether the pool's thread had its millisecond is seen there: what did not begin at once may rightly run elsewhere.
        using var timeout = new CancellationTokenSource(Patience.Long);
        Work root, follower;
        TimeSpan took;
        do
        {
            timeout.Token.ThrowIfCancellationRequested();
            long began = 0;
            follower = new Work(() => took = Stopwatch.GetElapsedTime(began));
            took = TimeSpan.MaxValue;
            root = new Work(() =>
            {
                began = Stopwatch.GetTimestamp();
                Cascade.RunNext(follower);
            });

            OwnThread.Run(() => Cascade.RunNext(root));

            await Task.WhenAll(root.Done, follower.Done).Soon();
        }
        while (took > TimeSpan.FromMilliseconds(1));

        Assert.True(root.Thread!.IsThreadPoolThread);
        Assert.Same(root.Thread, follower.Thread);
    }

    [Fact]
    public void Accepts_items_of_a_nested_scope()
    {
        var order = OwnThread.InOneGo(() =>
        {
            var order = new List<string>();
            using (Cascade.Open())
            {
                Cascade.RunNext(Note(order, "outer"));
                using (Cascade.Open())
                    Cascade.RunNext(Note(order, "inner"));
                order.Add("inner scope is over");
            }

            return order;
        });

        Assert.Equal(["inner scope is over", "outer", "inner"], order);
    }

    [Fact]
    public void Gives_items_that_do_not_fit_to_other_threads()
    {
        OwnThread.Run(() =>
        {
            var waiting = Enumerable.Range(0, MaxWaiting).Select(_ => new Work()).ToArray();
            var tooMany = new Work();
            using (Cascade.Open())
            {
                foreach (var work in waiting)
                    Cascade.RunNext(work);
                Cascade.RunNext(tooMany);
                OwnThread.BlockUntil(tooMany);
                Assert.All(waiting, work => Assert.Equal(0, work.Runs));
            }

            OwnThread.BlockUntil(waiting);
            Assert.True(tooMany.Thread!.IsThreadPoolThread);
            Assert.All(waiting, work => Assert.Equal(1, work.Runs));
        });
    }

    [Theory]
    [InlineData(WritesPerItem)]
    [InlineData(WritesPerItem + 1)]
    [InlineData(5 * WritesPerItem + 7)]
    public void Shares_many_writes_out_in_batches(int count)
    {
        OwnThread.Run(() =>
        {
            var writes = Enumerable.Range(0, count).Select(_ => new Work()).ToArray();
            using (Cascade.Open())
            {
                foreach (var write in writes)
                    Cascade.RunLast(write);
            }

            OwnThread.BlockUntil(writes);
            Assert.All(writes, write => Assert.Equal(1, write.Runs));
            Assert.All(writes.Take(WritesPerItem), write => Assert.Same(Thread.CurrentThread, write.Thread));
            Assert.All(writes.Skip(WritesPerItem), write => Assert.True(write.Thread!.IsThreadPoolThread));
            Assert.All(writes.Chunk(WritesPerItem), batch => Assert.Single(batch.Select(write => write.Thread).Distinct()));
        });
    }

    [Fact]
    public void Gives_the_remaining_items_to_other_threads_at_the_time_limit()
    {
        OwnThread.Run(() =>
        {
            var began = Stopwatch.GetTimestamp();
            var slow = new Work(() => SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(began) > TimeSpan.FromMilliseconds(3)));
            Work[] left = [new(), new()];
            var write = new Work();
            using (Cascade.Open())
            {
                Cascade.RunLast(write);
                Cascade.RunNext(new Work(() => began = Stopwatch.GetTimestamp()));
                Cascade.RunNext(slow);
                foreach (var work in left)
                    Cascade.RunNext(work);
            }

            Assert.Equal(1, write.Runs);
            OwnThread.BlockUntil([slow, .. left]);
            Assert.All(left, work => Assert.True(work.Thread!.IsThreadPoolThread));
            Assert.All(left, work => Assert.Equal(1, work.Runs));
        });
    }

    [Fact]
    public void Gives_the_remaining_items_to_other_threads_when_an_item_throws()
    {
        OwnThread.Run(() =>
        {
            var next = new Work();
            var write = new Work();

            Assert.Throws<InvalidOperationException>(() =>
            {
                using (Cascade.Open())
                {
                    Cascade.RunNext(new Work(() => throw new InvalidOperationException()));
                    Cascade.RunNext(next);
                    Cascade.RunLast(write);
                }
            });

            OwnThread.BlockUntil(next, write);
            Assert.Equal((1, 1), (next.Runs, write.Runs));
            var afterwards = new Work();
            using (Cascade.Open())
                Cascade.RunNext(afterwards);
            Assert.Same(Thread.CurrentThread, afterwards.Thread);
        });
    }

    private static Work Note(List<string> order, string name, Action? then = null) => new(() =>
    {
        order.Add(name);
        then?.Invoke();
    });
}
