namespace Pikku.Akka.Cluster;

/// <summary>The other nodes as this one hears them, as they were when that last changed.</summary>
/// <param name="Count">Members that are up.</param>
/// <param name="Responsive">Those of them that can be expected to answer at once.</param>
/// <param name="Worsened">Completes when one of those is heard no more.</param>
internal sealed record ClusterHealth(int Count, int Responsive, Task Worsened)
{
    public static ClusterHealth None { get; } = new(0, 0, Task.Delay(Timeout.Infinite));

    /// <summary>True when each of them can be expected to answer at once.</summary>
    public bool AllRespond => Responsive == Count;
}
