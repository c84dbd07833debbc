namespace Pikku.Akka.Cluster;

/// <summary>Whose answers a request waits for. It is sent to all that it is for in any case.</summary>
internal enum NodeWait
{
    /// <summary>Everybody's, up to the timeout.</summary>
    All,

    /// <summary>Those of the nodes that can be expected to answer at once, as long as they can.</summary>
    Responsive,
}
