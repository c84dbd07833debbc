using System.Diagnostics.Metrics;

namespace Pikku.Akka.Diagnostics;

/// <summary>What a node counts of the messages between it and the other nodes. Events have counters of their own, see <see cref="HubMetrics"/>.</summary>
/// <param name="meter">The meter of the node, <see cref="PikkuMetrics.MeterName"/>.</param>
internal sealed class ClusterMetrics(Meter meter)
{
    private readonly Counter<long> _messagesRefused = meter.CreateCounter<long>(
        "pikku.cluster.messages_refused", "{message}", "Messages of other nodes that this node does not understand, by reason: their version or their kind.");

    private readonly Counter<long> _sendsRefused = meter.CreateCounter<long>(
        "pikku.cluster.sends_refused", "{message}", "Messages for another node that were refused, because it had not taken those before.");

    private readonly Counter<long> _cutOff = meter.CreateCounter<long>(
        "pikku.cluster.cut_off", "{time}", "How often this node lost contact with a majority of its cluster.");

    public void MessageRefused(string reason) => _messagesRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void SendRefused() => _sendsRefused.Add(1);

    public void CutOff() => _cutOff.Add(1);
}
