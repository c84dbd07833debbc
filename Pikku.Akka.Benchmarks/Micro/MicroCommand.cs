using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>Measures time and allocation of each stage that a message passes through.</summary>
internal static class MicroCommand
{
    /// <summary>Returns 0 if all benchmarks ran, 1 if one failed or none was selected.</summary>
    /// <param name="args">The arguments of BenchmarkDotNet, such as <c>--filter *Decode*</c>; without a selection all benchmarks
    /// run.</param>
    public static int Run(string[] args)
    {
        string[] chosen = args.Intersect(["--filter", "-f", "--list", "--help", "--info"]).Any() ? args : ["--filter", "*", .. args];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(chosen, Config());
        var complete = summaries.Any() && summaries.All(summary =>
            !summary.HasCriticalValidationErrors && summary.Reports.Length > 0 && summary.Reports.All(report => report.Success));
        return complete ? 0 : 1;
    }

    // In this process, because building a project for each benchmark would take longer than running it. Few iterations, because the
    // figures show
    // where the time goes; the comparison measures the whole cost.
    private static ManualConfig Config() => DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithWarmupCount(5).WithIterationCount(5).WithToolchain(InProcessEmitToolchain.Instance).AsDefault())
        .AddDiagnoser(MemoryDiagnoser.Default)
        .WithArtifactsPath(Path.Combine("artifacts", "micro"));
}
