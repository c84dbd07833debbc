using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Tells why a node should not receive connections although it runs, as far as its cluster is concerned. Without a cluster there is no such reason.</summary>
internal sealed class ClusterStanding(NodeSettings settings, HubLinks links, ClusterClient client, MembershipLease lease)
{
    /// <summary>The reason; null when there is none.</summary>
    public ClusterProblem? Problem()
    {
        if (!settings.IsOn)
            return null;
        if (client.Waits is { } reason)
            return new("waiting-for-cluster", reason);
        if (!links.Linked.IsCompletedSuccessfully)
            return new("not-linked", "The node is not linked with all nodes of its cluster yet.");
        if (client.OtherCluster is { } other)
            return new("second-cluster", $"The node belongs to a smaller cluster than {other}. Restart the node, so that it joins the larger cluster.");
        return lease.IsHeld ? null : new("cut-off", MembershipLease.Refusal);
    }
}

/// <summary>Why a node is not ready.</summary>
/// <param name="Code">The code for programs, as in the data of the health check.</param>
/// <param name="Text">The text for operators.</param>
internal sealed record ClusterProblem(string Code, string Text);
