using System.Globalization;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Scale;

/// <summary>What this machine allows: open files of a process, ports of a source address, memory.</summary>
internal static class MachineLimits
{
    // KiB for each connection, on both sides together: what the heaviest server takes, the buffers of the load generator, and two sockets of the kernel.
    private const int PerConnection = 64;

    // KiB that stay free for everything else.
    private const long Reserve = 2 * 1024 * 1024;

    public static string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"Limits: {OpenFiles.MostConnections():N0} connections for each process (open files), {Ports():N0} ports for each source address and server port, {AvailableKib() / 1024:N0} MiB of memory available.");

    /// <summary>Returns how many processes of a server are needed, and how many connections each of them has, as far as the memory allows.</summary>
    /// <param name="wanted">The wanted number of connections.</param>
    /// <param name="note">What was not possible; null if everything was.</param>
    public static IReadOnlyList<int> Spread(int wanted, out string? note)
    {
        var most = (int)Math.Min(wanted, Math.Max(1000, (AvailableKib() - Reserve) / PerConnection));
        var processes = (most + OpenFiles.MostConnections() - 1) / OpenFiles.MostConnections();
        var notes = new List<string>();
        if (most < wanted)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{wanted:N0} connections were wanted, and the memory allows {most:N0}."));
        if (processes > 1)
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"One process may have {OpenFiles.MostConnections():N0} connections (hard limit of open files), so {most:N0} connections are spread over {processes} processes of each server."));
        note = notes.Count == 0 ? null : string.Join(' ', notes);
        return [.. Enumerable.Range(0, processes).Select(i => most / processes + (i < most % processes ? 1 : 0))];
    }

    /// <summary>The number of ephemeral ports.</summary>
    private static int Ports() =>
        File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var first, var last]
            ? int.Parse(last, CultureInfo.InvariantCulture) - int.Parse(first, CultureInfo.InvariantCulture) + 1
            : 0;

    private static long AvailableKib()
    {
        // proc_meminfo(5): "MemAvailable:   21300000 kB"
        var line = File.ReadLines("/proc/meminfo").First(text => text.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
