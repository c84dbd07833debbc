using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Compression;

/// <summary>
/// <c>compression</c>: bytes and CPU of the server for each delivery of a JSON event, with clients that have negotiated compression and with clients that have not. Both kinds
/// of clients take turns on one server, which has compression enabled.
/// </summary>
internal static class CompressionCommand
{
    private static readonly int[] s_sizes = [1024, 16 * 1024];
    private static readonly int[] s_subscribers = [1, 10, 100, 1000];

    // The goals hold for the largest event and the most subscribers: compression is for large events that many receive. Multiples of the figures without compression.
    private const double BytesGoal = 0.35;
    private const double CpuGoal = 1.2;

    /// <param name="args"><c>--rounds N</c> and <c>--seconds N</c> (of each measurement). <c>--idle N</c> measures the memory of so many idle connections instead.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        if (Option(args, "--idle", 0) is > 0 and var connections)
        {
            Console.WriteLine(await IdleConnections.MeasureAsync(connections, Option(args, "--rounds", 3)));
            return 0;
        }

        var (rounds, duration) = (Option(args, "--rounds", 3), TimeSpan.FromSeconds(Option(args, "--seconds", 2)));
        var ours = Contenders.Ours();
        using var server = await RunningServer.StartAsync(
            ours with { Command = port => [.. ours.Command(port), "--pikku:compression:enabled=on"] }, Directory.CreateTempSubdirectory().FullName, CancellationToken.None);
        using var process = Process.GetProcessById(server.Pid);
        var table = new MarkdownTable("event", "subscribers", "bytes per delivery", "compressed", "ratio", "CPU µs per delivery", "compressed", "ratio", "goal", "met");
        foreach (var size in s_sizes)
        {
            foreach (var subscribers in s_subscribers)
            {
                var (plain, compressed) = (new List<Deliveries>(), new List<Deliveries>());
                await MeasureAsync(server.Port, process, subscribers, size, mayCompress: true, TimeSpan.FromSeconds(1)); // warms up
                for (var round = 0; round < rounds; round++)
                {
                    plain.Add(await MeasureAsync(server.Port, process, subscribers, size, mayCompress: false, duration));
                    compressed.Add(await MeasureAsync(server.Port, process, subscribers, size, mayCompress: true, duration));
                }

                var (plainCpu, compressedCpu) = (Median(plain, one => one.Microseconds), Median(compressed, one => one.Microseconds));
                var (plainBytes, compressedBytes) = (Median(plain, one => one.Bytes), Median(compressed, one => one.Bytes));
                table.Add(
                    $"{size / 1024} KiB", $"{subscribers}", $"{plainBytes:F0}", $"{compressedBytes:F0}", $"{compressedBytes / plainBytes:F2}", $"{plainCpu:F2}", $"{compressedCpu:F2}",
                    $"{compressedCpu / plainCpu:F2}", HasGoal(size, subscribers) ? string.Create(CultureInfo.InvariantCulture, $"bytes ≤{BytesGoal}×, CPU ≤{CpuGoal}×") : "",
                    HasGoal(size, subscribers) ? Met(compressedBytes / plainBytes, compressedCpu / plainCpu) : "");
                Console.Error.WriteLine($"{size} B to {subscribers}");
            }
        }

        Console.WriteLine(table);
        return 0;
    }

    private static bool HasGoal(int size, int subscribers) => size == s_sizes[^1] && subscribers == s_subscribers[^1];

    private static string Met(double bytes, double cpu) => (bytes <= BytesGoal, cpu <= CpuGoal) switch
    {
        (true, true) => "yes",
        (false, true) => "**no**: bytes",
        (true, false) => "**no**: CPU",
        _ => "**no**: bytes, CPU",
    };

    private static async Task<Deliveries> MeasureAsync(int port, Process server, int subscribers, int size, bool mayCompress, TimeSpan duration)
    {
        var topic = $"{size}-{subscribers}-{mayCompress}";
        await using var audience = await Audience.SubscribeAsync(port, topic, subscribers, mayCompress);
        var events = Enumerable.Range(0, 16).Select(i => Json(new Random(i), size)).ToArray();
        var (bytes, deliveries, cpu, begun) = (audience.Bytes, audience.Deliveries, Cpu(server), Stopwatch.GetTimestamp());
        for (var i = 0; Stopwatch.GetElapsedTime(begun) < duration; i++)
            await audience.PublishAsync(topic, events[i % events.Length]);
        await audience.FlushAsync();
        var count = audience.Deliveries - deliveries;
        return new Deliveries((double)(audience.Bytes - bytes) / count, (Cpu(server) - cpu).TotalMicroseconds / count);
    }

    private static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static double Median(List<Deliveries> all, Func<Deliveries, double> value) => all.Select(value).Order().ElementAt(all.Count / 2);

    // A list of records as an application sends it. Quotes are single, because the event is a text within JSON, where double quotes would be escaped.
    private static string Json(Random random, int size)
    {
        var text = new StringBuilder("[");
        while (text.Length < size)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{{'id':{random.Next(100_000)},'name':'user {random.Next(1000)}','price':{random.NextDouble():F4},'active':{(random.Next(2) == 0 ? "true" : "false")},'tags':['a{random.Next(10)}','b{random.Next(10)}']}},");
        }

        return text.ToString(0, size);
    }

    private static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

    /// <param name="Bytes">Bytes of frames for each delivery.</param>
    /// <param name="Microseconds">CPU time of the server for each delivery.</param>
    private sealed record Deliveries(double Bytes, double Microseconds);
}
