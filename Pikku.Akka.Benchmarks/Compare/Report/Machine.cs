using System.Globalization;
using System.Runtime.InteropServices;

namespace Pikku.Akka.Benchmarks.Compare.Report;

/// <summary>The machine, time and size of the measurement in one line.</summary>
internal static class Machine
{
    public static string Describe(CompareOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {Cpu()}; {RuntimeInformation.FrameworkDescription}; {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC; "
        + $"{options.Rounds} {(options.Rounds == 1 ? "round" : "rounds")} × {options.Seconds} s");

    /// <summary>The name of the processor.</summary>
    public static string Cpu() => File.ReadLines("/proc/cpuinfo")
        .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault(RuntimeInformation.ProcessArchitecture.ToString());
}
