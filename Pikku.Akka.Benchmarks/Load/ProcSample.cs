namespace Pikku.Akka.Benchmarks.Load;

/// <summary>One reading of a process tree. Times and context switches count from its start; memory is the current value and the
/// peak.</summary>
internal record struct ProcSample(double UserSeconds, double SystemSeconds, long RssKb, long PeakKb, long ContextSwitches)
{
    public readonly double CpuSeconds => UserSeconds + SystemSeconds;

    public static ProcSample operator +(ProcSample a, ProcSample b) => new(
        a.UserSeconds + b.UserSeconds,
        a.SystemSeconds + b.SystemSeconds,
        a.RssKb + b.RssKb,
        a.PeakKb + b.PeakKb,
        a.ContextSwitches + b.ContextSwitches);
}
