using Pikku.Akka.Dispatch;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Dispatch;

/// <summary>User code that blocks its thread keeps nobody else waiting.</summary>
public sealed class CascadeRescueSpec
{
    [Fact]
    public void Runs_work_that_waits_behind_blocking_user_code_on_another_thread()
    {
        OwnThread.Run(() =>
        {
            Work[] before = [new(), new()];
            var write = new Work();
            using (Cascade.Open())
            {
                foreach (var work in before)
                    Cascade.RunNext(work);
                Cascade.RunLast(write);
                using (Cascade.EnterUserCode())
                    OwnThread.BlockUntil([.. before, write]);
            }

            Assert.All([.. before, write], work => Assert.Equal(1, work.Runs));
            Assert.All([.. before, write], work => Assert.True(work.Thread!.IsThreadPoolThread));
        });
    }

    [Fact]
    public void Runs_work_that_the_blocking_code_caused_on_another_thread()
    {
        OwnThread.Run(() =>
        {
            var next = new Work();
            var write = new Work();
            var again = new Work();
            using (Cascade.Open())
            using (Cascade.EnterUserCode())
            {
                Cascade.RunNext(next);
                OwnThread.BlockUntil(next);
                Cascade.RunNext(again);
                Cascade.RunLast(write);
                OwnThread.BlockUntil(again, write);
            }

            Assert.All([next, again, write], work => Assert.Equal(1, work.Runs));
        });
    }

    [Fact]
    public void Starts_a_cascade_on_the_thread_that_it_gives_work_to()
    {
        OwnThread.Run(() =>
        {
            var follower = new Work();
            var rescued = new Work(() => Cascade.RunNext(follower));
            using (Cascade.Open())
            {
                Cascade.RunNext(rescued);
                using (Cascade.EnterUserCode())
                    OwnThread.BlockUntil(rescued, follower);
            }

            Assert.Equal((1, 1), (rescued.Runs, follower.Runs));
        });
    }

    [Fact]
    public void Continues_normally_after_user_code_has_returned()
    {
        OwnThread.Run(() =>
        {
            var rescued = new Work();
            var afterwards = new Work();
            using (Cascade.Open())
            {
                using (Cascade.EnterUserCode())
                {
                    Cascade.RunNext(rescued);
                    OwnThread.BlockUntil(rescued);
                }

                Cascade.RunNext(afterwards);
                Assert.Equal(0, afterwards.Runs);
            }

            Assert.Equal(1, afterwards.Runs);
            Assert.Same(Thread.CurrentThread, afterwards.Thread);
            Assert.Equal(1, rescued.Runs);
        });
    }

    [Fact]
    public void Rescues_again_after_it_has_stopped_watching_the_cascade()
    {
        OwnThread.Run(() =>
        {
            for (var round = 0; round < 3; round++)
            {
                var work = new Work();
                using (Cascade.Open())
                {
                    Cascade.RunNext(work);
                    using (Cascade.EnterUserCode())
                        OwnThread.BlockUntil(work);
                }

                Assert.Equal(1, work.Runs);
                CascadeRescue.CheckWatched(); // nothing runs on this thread now
            }
        });
    }

    [Fact]
    public void Lets_user_code_call_user_code()
    {
        OwnThread.Run(() =>
        {
            Work[] work = [new(), new(), new()];
            using (Cascade.Open())
            using (Cascade.EnterUserCode())
            {
                Cascade.RunNext(work[0]);
                using (Cascade.Open())
                using (Cascade.EnterUserCode())
                    Cascade.RunNext(work[1]);
                // Still the outer one's: nothing of it was taken back.
                Cascade.RunNext(work[2]);
                OwnThread.BlockUntil(work);
            }

            Assert.All(work, one => Assert.Equal(1, one.Runs));
        });
    }

    [Fact]
    public void Has_no_effect_when_no_cascade_is_open()
    {
        OwnThread.Run(() =>
        {
            var work = new Work();
            using (Cascade.EnterUserCode())
            {
                Cascade.RunNext(work);
                OwnThread.BlockUntil(work);
            }

            Assert.Equal(1, work.Runs);
        });
    }

    [Fact]
    public void Runs_each_item_once_under_concurrency()
    {
        const int threads = 4;
        const int rounds = 2000;
        var done = 0;
        var over = false;
        var all = new Work[threads][];
        // As if its timer were always due.
        var rescue = new Thread(() =>
        {
            while (!Volatile.Read(ref over))
                CascadeRescue.CheckWatched();
        });
        rescue.Start();
        try
        {
            var runners = Enumerable.Range(0, threads)
                .Select(t => new Thread(() => all[t] = Race(new Random(t), rounds, () => Interlocked.Increment(ref done))))
                .ToArray();
            foreach (var runner in runners)
                runner.Start();
            foreach (var runner in runners)
                Assert.True(runner.Join(Patience.Long));
        }
        finally
        {
            Volatile.Write(ref over, true);
            rescue.Join();
        }

        foreach (var work in all)
            OwnThread.BlockUntil(work);
        Assert.All(all.SelectMany(work => work), work => Assert.Equal(1, work.Runs));
        Assert.Equal(all.Sum(work => work.Length), Volatile.Read(ref done));
    }

    // Each round is a cascade in which user code runs and makes things ready, as does what it made ready.
    private static Work[] Race(Random random, int rounds, Action ran)
    {
        var work = new List<Work>();
        for (var round = 0; round < rounds; round++)
        {
            using (Cascade.Open())
            {
                MakeReady();
                var leaf = Add();
                Cascade.RunNext(Add(() => Cascade.RunNext(leaf)));
                using (Cascade.EnterUserCode())
                {
                    MakeReady();
                    Thread.SpinWait(random.Next(200));
                    MakeReady();
                }

                MakeReady();
            }
        }

        return [.. work];

        void MakeReady()
        {
            for (var i = random.Next(4); i > 0; i--)
            {
                if (random.Next(4) == 0)
                    Cascade.RunLast(Add());
                else
                    Cascade.RunNext(Add());
            }
        }

        Work Add(Action? then = null)
        {
            var added = new Work(() =>
            {
                ran();
                then?.Invoke();
            });
            work.Add(added);
            return added;
        }
    }
}
