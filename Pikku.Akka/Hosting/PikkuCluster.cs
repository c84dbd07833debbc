using System.Text.Json;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Hosting;

/// <summary>The services that connect a node with other nodes. A node without a cluster has them as well, but no other nodes.</summary>
/// <param name="Client">The access to the other nodes.</param>
/// <param name="HubLinks">The states of the lanes between the nodes.</param>
/// <param name="ClientCalls">Calls functions of clients of all nodes.</param>
/// <param name="Requests">Carries out requests of other nodes.</param>
/// <param name="Isolation">What happens when the node is cut off.</param>
/// <param name="Metrics">The metrics of the cluster.</param>
/// <param name="Discovery">Finds the other nodes; null when the seeds are a setting.</param>
/// <param name="Json">The JSON options of the application.</param>
internal sealed record PikkuCluster(
    ClusterClient Client, HubLinks HubLinks, ClientCalls ClientCalls, NodeRequestHandler Requests, Isolation Isolation, ClusterMetrics Metrics,
    IPikkuNodeDiscovery? Discovery, JsonSerializerOptions Json);
