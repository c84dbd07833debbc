using System.Globalization;

namespace Pikku.Akka.Benchmarks.Compare.Servers;

/// <summary>How many files, and so connections, one process may have open.</summary>
internal static class OpenFiles
{
    // A server also has its own files, libraries and pipes open; so many is far more than any needs.
    private const int Spare = 500;

    /// <summary>The most connections that one process can hold. The runtimes of all servers raise the soft limit to the hard one.</summary>
    public static int MostConnections()
    {
        // proc_pid_limits(5): "Max open files            1024                 524288               files"
        var line = File.ReadLines("/proc/self/limits").First(text => text.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return int.TryParse(hard, CultureInfo.InvariantCulture, out var limit) ? limit - Spare : int.MaxValue;
    }
}
