using System.Text.Json;
using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Hosting;

/// <summary>What joins a node with others; on a node that stands alone nobody is on the other side of it.</summary>
/// <param name="Link">The other nodes.</param>
/// <param name="HubLinks">How far the hubs have come with each other.</param>
/// <param name="Duties">What this node does for others.</param>
/// <param name="PresenceIndex">Who is where.</param>
/// <param name="Presence">Where the connections of this node are.</param>
/// <param name="Json">How the application writes JSON.</param>
internal sealed record PikkuCluster(
    NodeLink Link, HubLinks HubLinks, NodeDuties Duties, PresenceIndex PresenceIndex, LocalPresence Presence, JsonSerializerOptions Json);
