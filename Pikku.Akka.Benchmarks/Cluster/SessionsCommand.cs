using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>
/// Measures the stored sessions of a cluster (rule T2): three nodes in this process, over real sockets, with so many sessions, so many writes per second, and a fourth
/// node that joins. Meanwhile each node asks each other one for a sign of life, through the same connections that carry the heartbeats of the cluster.
/// </summary>
internal static class SessionsCommand
{
    private const int Nodes = 3;
    private const int SessionSize = 200; // bytes of JSON
    private const int MaxInFlight = 4000; // writes that have not completed; more would only measure how a queue grows
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(1); // the interval of the heartbeats

    /// <param name="args"><c>--sessions N</c>, <c>--rate N</c> (writes per second in all) and <c>--seconds N</c>.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var sessions = Option(args, "--sessions", 100_000);
        var rate = Option(args, "--rate", 10_000);
        var duration = TimeSpan.FromSeconds(Option(args, "--seconds", 20));
        await using var cluster = await TwoSystems.StartAsync(Nodes);
        var stores = cluster.Nodes.Select(node => StoreOf(node)).ToArray();

        using var end = new CancellationTokenSource();
        var signs = SignsAsync(cluster, end.Token);
        var begun = Stopwatch.GetTimestamp();
        var fill = await WriteAsync(stores, Enumerable.Range(0, sessions), rate: int.MaxValue);
        var filled = Stopwatch.GetElapsedTime(begun);
        begun = Stopwatch.GetTimestamp();
        var writes = await WriteAsync(stores, Enumerable.Range(0, (int)(rate * duration.TotalSeconds)).Select(i => i % sessions), rate);
        var wrote = Stopwatch.GetElapsedTime(begun);
        await end.CancelAsync();
        var delays = await signs;

        var before = GC.GetTotalMemory(forceFullCollection: true);
        begun = Stopwatch.GetTimestamp();
        var joiner = await cluster.AddAsync();
        while (joiner.Client.Sessions!.Count < sessions)
            await Task.Delay(10);
        var joined = Stopwatch.GetElapsedTime(begun);
        var missing = 0;
        var copy = StoreOf(joiner);
        for (var i = 0; i < sessions; i++)
            missing += await copy.GetAsync(UserOf(i), default) is null ? 1 : 0;
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)sessions;

        Console.WriteLine($"| {sessions:N0} sessions of {SessionSize} B, written to {Nodes} nodes as fast as they go | {filled.TotalSeconds:N1} s, {sessions / filled.TotalSeconds:N0} per second |");
        Console.WriteLine($"| {writes.Count:N0} writes at {rate:N0} per second in all | {writes.Count / wrote.TotalSeconds:N0} per second, {writes.Failed + fill.Failed} failed |");
        Console.WriteLine($"| a write is on all nodes, p50 / p99 | {Percentile(writes.Times, 0.5):N1} ms / {Percentile(writes.Times, 0.99):N1} ms |");
        Console.WriteLine($"| a sign of life of another node meanwhile, p50 / p99 / max | {Percentile(delays, 0.5):N1} ms / {Percentile(delays, 0.99):N1} ms / {delays.Max():N0} ms |");
        Console.WriteLine($"| of {delays.Count:N0} signs of life, later than the next heartbeat | {delays.Count(delay => delay > s_late.TotalMilliseconds)} |");
        Console.WriteLine($"| nodes that were considered unreachable | {cluster.Systems.Sum(system => global::Akka.Cluster.Cluster.Get(system).State.Unreachable.Count)} |");
        Console.WriteLine($"| a node that joins has all sessions after, from the start of its process on | {joined.TotalSeconds:N2} s, {missing} missing |");
        Console.WriteLine($"| memory of the joined node for each session | {memory:N0} B |");
        return missing + writes.Failed + fill.Failed == 0 ? 0 : 1;
    }

    private static async Task<(int Count, int Failed, List<double> Times)> WriteAsync(ReplicatedSessionStore[] stores, IEnumerable<int> users, int rate)
    {
        var (failed, count, times) = (0, 0, new List<double>());
        using var room = new SemaphoreSlim(MaxInFlight);
        var begun = Stopwatch.GetTimestamp();
        foreach (var user in users)
        {
            while (count / Stopwatch.GetElapsedTime(begun).TotalSeconds > rate)
                await Task.Delay(1);
            await room.WaitAsync();
            _ = SetAsync(stores[count++ % stores.Length], user);
        }

        for (var i = 0; i < MaxInFlight; i++)
            await room.WaitAsync();
        return (count, failed, times);

        async Task SetAsync(ReplicatedSessionStore store, int user)
        {
            var at = Stopwatch.GetTimestamp();
            try
            {
                await store.SetAsync(UserOf(user), new BenchSession(UserOf(user), new string('x', SessionSize - 100)), default);
                lock (times)
                    times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }
            catch (PikkuException)
            {
                Interlocked.Increment(ref failed);
            }
            finally
            {
                room.Release();
            }
        }
    }

    // The round trips in milliseconds. They wait behind the messages of the sessions, as a heartbeat does.
    private static async Task<List<double>> SignsAsync(TwoSystems cluster, CancellationToken end)
    {
        var delays = new List<double>();
        var paths = cluster.Systems.Select(system => global::Akka.Cluster.Cluster.Get(system).SelfAddress).ToArray();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await timer.WaitForNextTickAsync(end))
                foreach (var system in cluster.Systems.Take(Nodes))
                    foreach (var address in paths.Where(address => address != global::Akka.Cluster.Cluster.Get(system).SelfAddress))
                        _ = AskAsync(system.ActorSelection(new RootActorPath(address) / "user"));
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }

        lock (delays)
            return [.. delays];

        async Task AskAsync(ActorSelection other)
        {
            var at = Stopwatch.GetTimestamp();
            await other.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromMinutes(1), CancellationToken.None);
            lock (delays)
                delays.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }
    }

    private static ReplicatedSessionStore StoreOf(BenchNode node)
    {
        var settings = SettingsLoader.Read(SettingsLoader.Load(null, []));
        var log = new PikkuLog(NullLogger<PikkuLog>.Instance);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new ReplicatedSessionStore(
            node.Client, settings.Session, settings.EventHub, JsonSerializerOptions.Web, TimeProvider.System, log, new SessionMetrics(meters),
            new BackgroundTasks(log, new PikkuMetrics(meters)));
    }

    private static string UserOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user-{number:D8}");

    private static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));

    private static int Option(string[] args, string name, int value) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : value;

    private sealed record BenchSession(string UserId, string Text) : IPikkuSession;
}
