using System.Globalization;

namespace Pikku.Akka.Benchmarks.Load;

/// <summary>CPU, memory and context switches of a server process and all its living descendants, read from /proc.</summary>
internal static class ProcStats
{
    private const double TickSeconds = 1.0 / 100; // USER_HZ is 100 on every Linux ABI .NET runs on

    public static ProcSample Read(int root)
    {
        var sum = new ProcSample();
        foreach (var pid in root > 0 ? Tree(root) : [])
        {
            try
            {
                sum += ReadOne(pid);
            }
            catch (IOException)
            {
                // The process exited between listing and reading.
            }
        }

        return sum;
    }

    /// <summary>Resets the peak memory of the tree, so that the peak belongs to the following measurement.</summary>
    public static void ResetPeak(int root)
    {
        foreach (var pid in root > 0 ? Tree(root) : [])
        {
            try
            {
                File.WriteAllText($"/proc/{pid}/clear_refs", "5");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Not permitted: the peak is that of the whole life of the process.
            }
        }
    }

    private static ProcSample ReadOne(int pid)
    {
        // proc(5): utime, stime, cutime, cstime. The time of children that have exited is included.
        var stat = StatFields(pid);
        var sample = new ProcSample
        {
            UserSeconds = (Number(stat[11]) + Number(stat[13])) * TickSeconds,
            SystemSeconds = (Number(stat[12]) + Number(stat[14])) * TickSeconds,
        };
        foreach (var line in File.ReadLines($"/proc/{pid}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                sample.RssKb = Value(line);
            else if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                sample.PeakKb = Value(line);
        }

        foreach (var task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            sample.ContextSwitches += Switches(task);
        return sample;
    }

    private static long Switches(string task)
    {
        try
        {
            return File.ReadLines(task + "/status").Where(line => line.Contains("ctxt_switches:", StringComparison.Ordinal)).Sum(Value);
        }
        catch (IOException)
        {
            return 0; // The thread has just exited.
        }
    }

    private static List<int> Tree(int root)
    {
        var parents = new List<(int Pid, int Parent)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid))
                continue;
            try
            {
                parents.Add((pid, (int)Number(StatFields(pid)[1])));
            }
            catch (IOException)
            {
                // The process exited between listing and reading.
            }
        }

        var tree = new List<int> { root };
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(parents.Where(p => p.Parent == tree[i] && !tree.Contains(p.Pid)).Select(p => p.Pid));
        return tree;
    }

    // The second field is the program's name in brackets, which may contain any character. The result begins with the third field.
    private static string[] StatFields(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static long Value(string line) =>
        Number(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Replace("kB", "", StringComparison.Ordinal));

    private static long Number(string text) => long.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture);
}
