using System.Text.Json;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Hosting;

/// <summary>What joins a node with others; on a node that stands alone nobody is on the other side of it.</summary>
/// <param name="Client">The other nodes.</param>
/// <param name="HubLinks">How far the hubs have come with each other.</param>
/// <param name="Requests">What this node does for others.</param>
/// <param name="PresenceIndex">Who is present in which topic.</param>
/// <param name="Presence">The presence of this node's connections.</param>
/// <param name="Metrics">Counts.</param>
/// <param name="Json">How the application writes JSON.</param>
internal sealed record PikkuCluster(
    ClusterClient Client, HubLinks HubLinks, NodeRequestHandler Requests, PresenceIndex PresenceIndex, LocalPresence Presence, ClusterMetrics Metrics,
    JsonSerializerOptions Json);
