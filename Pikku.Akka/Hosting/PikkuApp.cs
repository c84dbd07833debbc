using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>The parts of a node that its actors are made of.</summary>
/// <param name="Settings">Everything under <c>pikku</c>.</param>
/// <param name="Channels">The channels as they run.</param>
/// <param name="Directory">The connections of this node.</param>
/// <param name="Hub">The hub as the application calls it.</param>
/// <param name="HubClient">Where callers and actors of the hub meet.</param>
/// <param name="HubMetrics">What its actors count.</param>
/// <param name="Cluster">What joins it with other nodes.</param>
/// <param name="Log">What is logged.</param>
/// <param name="Clock">Measures every timeout.</param>
internal sealed record PikkuApp(
    PikkuSettings Settings, IReadOnlyList<ChannelEndpoint> Channels, ConnectionDirectory Directory, ActorEventHub Hub, HubClient HubClient,
    HubMetrics HubMetrics, PikkuCluster Cluster, PikkuLog Log, TimeProvider Clock);
