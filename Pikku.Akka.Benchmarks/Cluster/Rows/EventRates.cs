using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Pikku.Akka.Benchmarks.Compare.Results;

namespace Pikku.Akka.Benchmarks.Cluster.Rows;

/// <summary>
/// Events between two nodes in this process, over real sockets: on a topic without a history, on one with a history, and with one DistributedPubSub publish per event.
/// A round alternates in short slices between the first two, so that other activity of the machine affects both.
/// </summary>
internal sealed class EventRates : IClusterRow
{
    private const int EventSize = 64;
    private const int Window = 8192; // The maximum number of events in flight, so that neither side measures how fast a queue grows.
    private const double HistoryGoal = 0.85;

    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(250);
    // Until the code of both is compiled for the last time, which is later for the one that has run less; shorter, and the first rounds measure the compiler.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly Topic<string> s_plain = new("news");
    private static readonly string s_event = new('x', EventSize - 2); // The JSON text adds two quotes.

    public string Name => "events";

    public async Task<IReadOnlyList<Finding>> RunAsync(ClusterOptions options)
    {
        await using var cluster = await TwoSystems.StartAsync(2, BenchTopics.KeptAlone);
        var (plain, kept, mediator) = (new List<double>(), new List<double>(), new List<double>());
        await HubRates(cluster, s_warmUp);
        for (var round = 0; round < options.Rounds; round++)
        {
            var rates = await HubRates(cluster, options.Duration);
            plain.Add(rates.Plain);
            kept.Add(rates.Kept);
            mediator.Add(await MediatorRate(cluster, options.Duration));
        }

        var ratio = Statistics.Ratios(kept, plain);
        return
        [
            new($"events of {EventSize} B between two nodes, per second", $"{Spread.Of(plain)}"),
            new($"the same on a topic with a history of {BenchTopics.EventsOfTopic}, per second", $"{Spread.Of(kept)}"),
            new("ratio: with history / without", $"{ratio}", $"≥ {HistoryGoal}", ratio.Median >= HistoryGoal),
            new("events with one DistributedPubSub publish each, per second", $"{Spread.Of(mediator)}"),
            new("ratio: without history / DistributedPubSub", $"{Statistics.Ratios(plain, mediator)}"),
        ];
    }

    // Each of the two is measured for the whole duration.
    private static async Task<(double Plain, double Kept)> HubRates(TwoSystems cluster, TimeSpan duration)
    {
        var (plain, kept) = (new List<double>(), new List<double>());
        for (var i = 0; i < duration / s_slice; i++)
        {
            // What came before a slice affects it, so the order changes.
            if (i % 2 == 0)
                plain.Add(await HubRate(cluster, s_plain, s_slice));
            kept.Add(await HubRate(cluster, BenchTopics.Kept, s_slice));
            if (i % 2 != 0)
                plain.Add(await HubRate(cluster, s_plain, s_slice));
        }

        return (plain.Average(), kept.Average());
    }

    private static async Task<double> HubRate(TwoSystems cluster, Topic<string> topic, TimeSpan duration)
    {
        var (near, far) = (cluster.Nodes[0], cluster.Nodes[1]);
        var counter = new CountingSubscriber("counter");
        far.Add(counter);
        await far.Hub.SubscribeAsync(topic, counter.Id);
        var rate = await Rate(duration, () => counter.Count, () => _ = near.Hub.PublishAsync(topic, s_event).AsTask());
        far.Remove(counter);
        return rate;
    }

    private static async Task<double> MediatorRate(TwoSystems cluster, TimeSpan duration)
    {
        var counter = new Counter();
        var actor = cluster.Systems[1].ActorOf(Props.Create(() => new CountingActor(counter)));
        var mediator = DistributedPubSub.Get(cluster.Systems[0]).Mediator;
        DistributedPubSub.Get(cluster.Systems[1]).Mediator.Tell(new Subscribe(s_plain.Name, actor));
        var bytes = new byte[EventSize];
        while (counter.Value == 0)
        {
            mediator.Tell(new Publish(s_plain.Name, bytes));
            await Task.Delay(100);
        }

        var rate = await Rate(duration, () => counter.Value, () => mediator.Tell(new Publish(s_plain.Name, bytes)));
        cluster.Systems[1].Stop(actor);
        return rate;
    }

    private static async Task<double> Rate(TimeSpan duration, Func<long> received, Action publish)
    {
        var (begun, sent, before) = (Stopwatch.GetTimestamp(), 0L, received());
        while (Stopwatch.GetElapsedTime(begun) < duration)
        {
            for (var i = 0; i < 64 && sent - (received() - before) < Window; i++, sent++)
                publish();
            if (sent - (received() - before) >= Window)
                await Task.Yield();
        }

        // All events of the slice, so that the next one does not have to deliver them.
        while (received() - before < sent)
        {
            if (Stopwatch.GetElapsedTime(begun) > duration + s_patience)
                throw new InvalidOperationException($"{received() - before} of {sent} events arrived.");
            await Task.Yield();
        }

        return sent / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private sealed class Counter
    {
        private long _value;

        public long Value => Volatile.Read(ref _value);

        public void Increment() => Volatile.Write(ref _value, _value + 1);
    }

    private sealed class CountingActor(Counter counter) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is byte[])
                counter.Increment();
        }
    }
}
