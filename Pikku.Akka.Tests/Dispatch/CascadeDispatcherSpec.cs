using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Dispatch;

public sealed class CascadeDispatcherSpec() : TestKit(SettingsLoader.Load(null, []))
{
    private const int Length = 10;

    [Fact]
    public async Task Runs_a_chain_of_actors_on_the_thread_that_sent_the_first_message()
    {
        var chain = await ChainAsync();

        OwnThread.Run(() =>
        {
            // An actor that a thread of the pool is just leaving is not made ready by us; and a slow machine ends a cascade.
            var began = Stopwatch.GetTimestamp();
            Hop[] hops;
            do
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < Patience.Long, "The chain never ran on the thread that began it.");
                hops = [.. Enumerable.Range(0, Length).Select(_ => new Hop())];
                using (Cascade.Open())
                    chain.Tell(hops);
                Assert.True(Task.WaitAll([.. hops.Select(hop => hop.Done.Task)], Patience.Long));
            }
            while (hops.Any(hop => hop.Thread != Thread.CurrentThread));
        });
    }

    [Fact]
    public async Task Runs_other_actors_while_one_blocks()
    {
        using var release = new ManualResetEventSlim();
        var released = new TaskCompletionSource<bool>();
        var other = ActorOf(_ => release.Set());
        var blocking = ActorOf(message =>
        {
            other.Tell(message);
            using (Cascade.EnterUserCode())
                released.SetResult(release.Wait(Patience.Long));
        });

        blocking.Tell("go");

        Assert.True(await released.Task.Soon());
    }

    private IActorRef ActorOf(Action<object> run) =>
        Sys.ActorOf(Props.Create(() => new Doing(run)).WithDispatcher(CascadeExecutorConfigurator.Dispatcher));

    private async Task<IActorRef> ChainAsync()
    {
        IActorRef next = ActorRefs.Nobody;
        for (var i = 0; i < Length; i++)
        {
            var behind = next;
            next = ActorOf(message => Pass((Hop[])message, behind));
            await next.Ask<ActorIdentity>(new Identify(null), Patience.Long);
        }

        return next;
    }

    private static void Pass(Hop[] hops, IActorRef next)
    {
        hops[0].Thread = Thread.CurrentThread;
        if (hops.Length > 1)
            next.Tell(hops[1..]);
        hops[0].Done.SetResult();
    }

    private sealed class Hop
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Thread? Thread { get; set; }
    }

    private sealed class Doing(Action<object> run) : UntypedActor
    {
        protected override void OnReceive(object message) => run(message);
    }
}
