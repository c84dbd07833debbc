namespace Pikku.Akka.Benchmarks.Scale;

/// <summary>One measurement of the command <c>scale</c>. It starts its own servers and stops them.</summary>
internal interface IScaleRow
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>The heading of its table, which is the heading in docs/scaling.md as well.</summary>
    string Title { get; }

    Task RunAsync(ScaleOptions options, ScaleReport report, CancellationToken cancel);
}
