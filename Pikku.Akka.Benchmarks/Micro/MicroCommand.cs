using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>Measures the stages of a message's way, each alone, with what it allocates.</summary>
internal static class MicroCommand
{
    /// <summary>0 when all benchmarks ran, 1 when one of them failed or none was chosen.</summary>
    /// <param name="args">BenchmarkDotNet's own, as <c>--filter *Decode*</c>; all run unless they choose some.</param>
    public static int Run(string[] args)
    {
        string[] chosen = args.Intersect(["--filter", "-f", "--list", "--help", "--info"]).Any() ? args : ["--filter", "*", .. args];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(chosen, Config());
        var complete = summaries.Any() && summaries.All(summary =>
            !summary.HasCriticalValidationErrors && summary.Reports.Length > 0 && summary.Reports.All(report => report.Success));
        return complete ? 0 : 1;
    }

    // In this process, for a project of its own for each benchmark takes longer to build than to run; few iterations, because the figures
    // tell where the time goes, and what the whole costs is for the comparison to say.
    private static ManualConfig Config() => DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithWarmupCount(5).WithIterationCount(5).WithToolchain(InProcessEmitToolchain.Instance).AsDefault())
        .AddDiagnoser(MemoryDiagnoser.Default)
        .WithArtifactsPath(Path.Combine("artifacts", "micro"));
}
