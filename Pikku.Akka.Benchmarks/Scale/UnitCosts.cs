namespace Pikku.Akka.Benchmarks.Scale;

/// <summary>What one connection, subscription, event and node costs, as far as it was measured. <see cref="Projection"/> multiplies it.</summary>
internal sealed class UnitCosts
{
    /// <summary>KiB of a server for each idle connection.</summary>
    public double? KibPerConnection { get; set; }

    /// <summary>Cores for each idle connection.</summary>
    public double? CoresPerConnection { get; set; }

    /// <summary>Microseconds of CPU time for each client that comes back and subscribes, with the end of its old connection.</summary>
    public double? MicrosecondsPerReconnect { get; set; }

    /// <summary>KiB for each topic with one subscription.</summary>
    public double? KibPerTopic { get; set; }

    /// <summary>Microseconds of CPU time for each event on a node that has no subscriber of its topic, where one node publishes so many that they come in batches.</summary>
    public double? MicrosecondsInBatch { get; set; }

    /// <summary>The same where events come one by one, as they do from many nodes of which each publishes few.</summary>
    public double? MicrosecondsAlone { get; set; }

    /// <summary>Cores of a node that does nothing, by the number of nodes of its cluster.</summary>
    public SortedDictionary<int, double> CoresOfIdleNode { get; } = [];
}
