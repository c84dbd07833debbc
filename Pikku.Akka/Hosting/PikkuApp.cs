using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>The services that the actors of a node use.</summary>
/// <param name="Settings">The settings under <c>pikku</c>.</param>
/// <param name="Channels">The endpoints of the channels.</param>
/// <param name="Directory">The connections of this node.</param>
/// <param name="Hub">The event hub that the application calls.</param>
/// <param name="HubClient">Connects the callers of the hub with its actors.</param>
/// <param name="DeclaredTopics">The topics that the application declares.</param>
/// <param name="HubMetrics">The metrics of the event hub.</param>
/// <param name="Cluster">The services for other nodes.</param>
/// <param name="Log">The log.</param>
/// <param name="Background">Observes the tasks that nobody awaits.</param>
/// <param name="Clock">Measures every timeout.</param>
internal sealed record PikkuApp(
    PikkuSettings Settings, IReadOnlyList<ChannelEndpoint> Channels, ConnectionDirectory Directory, ActorEventHub Hub, HubClient HubClient,
    DeclaredTopics DeclaredTopics, HubMetrics HubMetrics, PikkuCluster Cluster, PikkuLog Log, BackgroundTasks Background, TimeProvider Clock);
