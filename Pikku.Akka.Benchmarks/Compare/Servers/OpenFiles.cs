using System.Globalization;

namespace Pikku.Akka.Benchmarks.Compare.Servers;

/// <summary>The limit of open files, and so of connections, per process.</summary>
internal static class OpenFiles
{
    // Reserved for the files, libraries and pipes of a server; far more than any server needs.
    private const int Spare = 500;

    // Stands for no limit: far more than a machine can open, and small enough for arithmetic.
    private const int Unlimited = 100_000_000;

    /// <summary>The maximum number of connections of one process. The runtimes of all servers raise the soft limit to the hard
    /// limit.</summary>
    public static int MostConnections()
    {
        // proc_pid_limits(5): "Max open files            1024                 524288               files"
        var line = File.ReadLines("/proc/self/limits").First(text => text.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return int.TryParse(hard, CultureInfo.InvariantCulture, out var limit) ? Math.Min(limit - Spare, Unlimited) : Unlimited;
    }
}
