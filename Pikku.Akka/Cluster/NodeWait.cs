namespace Pikku.Akka.Cluster;

/// <summary>Selects the nodes whose answers a request waits for. The request is sent to all of its receivers in both cases.</summary>
internal enum NodeWait
{
    /// <summary>Wait for all receivers, up to the timeout.</summary>
    All,

    /// <summary>Wait only for receivers that are responsive, and only while they are.</summary>
    Responsive,
}
