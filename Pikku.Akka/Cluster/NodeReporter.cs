using Akka.Actor;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Creates the report of this node.</summary>
internal sealed class NodeReporter(
    Func<ActorSystem> system, NodeSettings settings, ConnectionDirectory directory, DrainState drain, HubMetrics hub, HubLinks links,
    PresenceIndex presence, ClusterStanding standing)
{
    private const string ThisNode = "this node";

    /// <summary>The name of this node, as host and port; <c>this node</c> without a cluster.</summary>
    public string Node => settings.IsOn ? NodeName.Of(global::Akka.Cluster.Cluster.Get(system()).SelfAddress) : ThisNode;

    public NodeReport Report()
    {
        var (node, status, roles) = settings.IsOn ? Member() : (ThisNode, "Alone", []);
        return new NodeReport(
            node, status, roles, drain.IsDraining, directory.Count,
            directory.All.GroupBy(channel => channel.Name).ToDictionary(group => group.Key, group => group.Count()),
            hub.Topics, hub.Subscriptions, presence.Topics, [.. links.All], standing.Problem()?.Text);
    }

    private (string Node, string Status, string[] Roles) Member()
    {
        var member = global::Akka.Cluster.Cluster.Get(system()).SelfMember;
        return (NodeName.Of(member.Address), member.Status.ToString(), [.. member.Roles]);
    }
}
