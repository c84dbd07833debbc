using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Pikku.Akka.Benchmarks.Fuzz;

/// <summary>
/// <c>fuzz</c>: clients with random and hostile frames against a server in this process, while the echoes of healthy clients must go on. What the server answers is compared
/// with the model of the tests. The exit code is 1 if an answer differs, a healthy client waits too long, the server logs an error, or a connection remains.
/// </summary>
internal static class FuzzCommand
{
    private const string Usage = "usage: fuzz [--seconds N] [--seed S] [--attackers N] [--bystanders N] [--only I]";

    // A machine that other processes share may stop all of them for seconds, so only a wait that no scheduler explains counts.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(string[] args)
    {
        var (seconds, seed, attackers, bystanders, only) = (30, Environment.TickCount, 16, 8, -1);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var value))
                return Refuse();
            switch (args[i])
            {
                case "--seconds": seconds = value; break;
                case "--seed": seed = value; break;
                case "--attackers": attackers = value; break;
                case "--bystanders": bystanders = value; break;
                case "--only": only = value; break;
                default: return Refuse();
            }
        }

        Console.WriteLine($"fuzz --seconds {seconds} --seed {seed}");
        var findings = new Findings();
        await using var server = await FuzzServer.StartAsync(findings);
        await using var healthy = await Bystanders.StartAsync(server.Address, bystanders, s_patience, findings);
        var runs = only >= 0 ? await AttackOnceAsync(server.EndPoint, seed, only, findings) : await AttackAsync(server.EndPoint, seed, attackers, TimeSpan.FromSeconds(seconds), findings);
        if (!await server.HoldsAsync(bystanders, s_patience))
            findings.Add($"the server has {server.Connections} connections instead of {bystanders} when all attackers have gone");
        await healthy.StopAsync();

        Console.WriteLine($"{runs.Values.Sum()} hostile connections: {string.Join(", ", runs.OrderBy(run => run.Key).Select(run => $"{run.Value} {run.Key}"))}");
        Console.WriteLine($"{healthy.Echoes} echoes of {bystanders} healthy clients meanwhile, the slowest after {healthy.Slowest.TotalMilliseconds:F0} ms");
        findings.Print(seed);
        return findings.Count == 0 ? 0 : 1;
    }

    private static async Task<Dictionary<string, int>> AttackAsync(IPEndPoint server, int seed, int attackers, TimeSpan duration, Findings findings)
    {
        var runs = new Dictionary<string, int>(StringComparer.Ordinal);
        var (next, begun) = (-1, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, attackers).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(begun) < duration && findings.Count < Findings.Enough)
            {
                var kind = await Attack.RunAsync(server, seed, Interlocked.Increment(ref next), s_patience, findings);
                lock (runs)
                    runs[kind] = runs.GetValueOrDefault(kind) + 1;
            }
        })));
        return runs;
    }

    private static async Task<Dictionary<string, int>> AttackOnceAsync(IPEndPoint server, int seed, int only, Findings findings) =>
        new(StringComparer.Ordinal) { [await Attack.RunAsync(server, seed, only, s_patience, findings)] = 1 };

    private static int Refuse()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}
