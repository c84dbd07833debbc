using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>Measures the delivery of events to another node, compared with one DistributedPubSub publish per event. Both nodes run in
/// this process, over real sockets.</summary>
internal static class ClusterCommand
{
    private const int EventSize = 64;
    private const int Window = 8192; // The maximum number of events in flight, so that neither side measures how fast a queue grows.
    private const int JoinerTopics = 50_000;
    private const string Topic = "news";

    private static readonly string s_event = new('x', EventSize - 2); // The JSON text adds two quotes.

    /// <param name="args"><c>--rounds N</c> and <c>--seconds N</c>.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = Option(args, "--rounds", 3);
        var duration = TimeSpan.FromSeconds(Option(args, "--seconds", 3));
        await using var cluster = await TwoSystems.StartAsync();
        var (near, far) = (cluster.Nodes[0], cluster.Nodes[1]);

        var (hub, plain) = (new List<double>(), new List<double>());
        await HubRate(near, far, TimeSpan.FromSeconds(1));
        for (var round = 0; round < rounds; round++)
        {
            hub.Add(await HubRate(near, far, duration));
            plain.Add(await PlainRate(cluster, duration));
        }

        var delays = await Delays(near, far);
        var joined = await JoinAsync(cluster);
        Console.WriteLine($"| events of {EventSize} B between two nodes, per second | {Median(hub):N0} ({hub.Min():N0}–{hub.Max():N0}) |");
        Console.WriteLine($"| events with one DistributedPubSub publish each, per second | {Median(plain):N0} ({plain.Min():N0}–{plain.Max():N0}) |");
        Console.WriteLine($"| ratio | {Median(hub) / Median(plain):N2} |");
        Console.WriteLine($"| added latency of the other node, p50 / p99 | {Percentile(delays, 0.5):N3} ms / {Percentile(delays, 0.99):N3} ms |");
        Console.WriteLine($"| a joining node with {JoinerTopics:N0} topics in use is linked after | {joined.Linked.TotalSeconds:N2} s |");
        Console.WriteLine($"| and has published to each topic, with all events delivered, after | {joined.Complete.TotalSeconds:N2} s |");
        return 0;
    }

    private static async Task<double> HubRate(BenchNode near, BenchNode far, TimeSpan duration)
    {
        var counter = new CountingSubscriber("counter");
        far.Add(counter);
        await far.Hub.SubscribeAsync(new Topic<string>(Topic), counter.Id);
        var rate = await Rate(duration, () => counter.Count, () => _ = near.Hub.PublishAsync(new Topic<string>(Topic), s_event).AsTask());
        far.Remove(counter);
        return rate;
    }

    private static async Task<double> PlainRate(TwoSystems cluster, TimeSpan duration)
    {
        var counter = new Counter();
        var actor = cluster.Systems[1].ActorOf(Props.Create(() => new CountingActor(counter)));
        var mediator = DistributedPubSub.Get(cluster.Systems[0]).Mediator;
        DistributedPubSub.Get(cluster.Systems[1]).Mediator.Tell(new Subscribe(Topic, actor));
        var bytes = new byte[EventSize];
        while (counter.Value == 0)
        {
            mediator.Tell(new Publish(Topic, bytes));
            await Task.Delay(100);
        }

        var rate = await Rate(duration, () => counter.Value, () => mediator.Tell(new Publish(Topic, bytes)));
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

        return (received() - before) / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    // The time between the delivery on this node and on the other node, at a low rate.
    private static async Task<List<double>> Delays(BenchNode near, BenchNode far)
    {
        var (here, there) = (new CountingSubscriber("here"), new CountingSubscriber("there"));
        near.Add(here);
        far.Add(there);
        await near.Hub.SubscribeAsync(new Topic<string>(Topic), here.Id);
        await far.Hub.SubscribeAsync(new Topic<string>(Topic), there.Id);
        var delays = new List<double>();
        for (var i = 1; i <= 3000; i++)
        {
            await near.Hub.PublishAsync(new Topic<string>(Topic), s_event);
            while (there.Count < i)
                await Task.Delay(1);
            delays.Add(Stopwatch.GetElapsedTime(here.LastAt, there.LastAt).TotalMilliseconds);
        }

        return delays;
    }

    private static async Task<(TimeSpan Linked, TimeSpan Complete)> JoinAsync(TwoSystems cluster)
    {
        var counter = new CountingSubscriber("users");
        cluster.Nodes[1].Add(counter);
        for (var i = 0; i < JoinerTopics; i++)
            await cluster.Nodes[1].Hub.SubscribeAsync(new Topic<string>($"user:{i}"), counter.Id);

        var begun = Stopwatch.GetTimestamp();
        var joiner = await cluster.AddAsync();
        var linked = Stopwatch.GetElapsedTime(begun);
        for (var i = 0; i < JoinerTopics; i++)
            await joiner.Hub.PublishAsync(new Topic<string>($"user:{i}"), s_event);
        while (counter.Count < JoinerTopics)
            await Task.Delay(1);
        return (linked, Stopwatch.GetElapsedTime(begun));
    }

    private static int Option(string[] args, string name, int value) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], System.Globalization.CultureInfo.InvariantCulture) : value;

    private static double Median(List<double> values) => Percentile(values, 0.5);

    private static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));

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
