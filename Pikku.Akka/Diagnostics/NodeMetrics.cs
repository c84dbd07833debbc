using System.Diagnostics.Metrics;

namespace Pikku.Akka.Diagnostics;

/// <summary>
/// The state of a node, which is read when somebody asks for it. Only such instruments have the right value for a listener that starts after the node.
/// </summary>
/// <param name="meter">The meter of the node, <see cref="PikkuMetrics.MeterName"/>.</param>
internal sealed class NodeMetrics(Meter meter)
{
    /// <summary>Creates the instruments. Called once.</summary>
    /// <param name="isReady">True while the node accepts connections.</param>
    /// <param name="members">The number of members of the cluster that this node knows, itself included.</param>
    /// <param name="historyLimit">The memory that kept events may use, in bytes.</param>
    public void Observe(Func<bool> isReady, Func<int> members, long historyLimit)
    {
        meter.CreateObservableUpDownCounter("pikku.node.ready", () => isReady() ? 1 : 0, "{node}", "1 while this node accepts connections, otherwise 0.");
        meter.CreateObservableUpDownCounter("pikku.cluster.members", members, "{node}", "Nodes of the cluster that are up, as this node knows them, itself included.");
        meter.CreateObservableUpDownCounter("pikku.history.limit", () => historyLimit, "By", "The memory that the kept events may use.");
    }
}
