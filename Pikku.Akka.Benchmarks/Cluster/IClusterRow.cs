namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>One measurement of the command <c>cluster</c>. It starts its own nodes and stops them.</summary>
internal interface IClusterRow
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    Task<IReadOnlyList<Finding>> RunAsync(ClusterOptions options);
}
