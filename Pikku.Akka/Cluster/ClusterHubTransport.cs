using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Transfers events between this node and all other nodes over <see cref="HubLinks.Lanes"/> lanes. Each lane is a <see cref="HubLinkActor"/>.</summary>
/// <param name="start">Starts an actor with a name.</param>
/// <param name="settings">The settings of the node.</param>
/// <param name="links">Receives the state of the lanes.</param>
/// <param name="metrics">Counts events and batches.</param>
/// <param name="refused">Logs and counts the messages that this node does not understand.</param>
/// <param name="json">Serializes the events that the hub itself publishes.</param>
/// <param name="clock">Measures the heartbeats of the lanes.</param>
internal sealed class ClusterHubTransport(
    Func<Props, string, IActorRef> start, NodeSettings settings, HubLinks links, HubMetrics metrics, RefusedMessages refused, JsonSerializerOptions json,
    TimeProvider clock)
    : IHubTransport
{
    private readonly TaskCompletionSource<string> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly (IActorRef Link, LinkBacklog Backlog)[] _lanes = new (IActorRef, LinkBacklog)[HubLinks.Lanes];

    public Task<string> Stopped => _stopped.Task;

    public void Start(HubClient receiver)
    {
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            // Bytes up to the size of one batch are not a backlog, because the lane sends them as its next batch.
            var backlog = new LinkBacklog(settings.MaxBatchSize);
            var link = start(HubLinkActor.Props(lane, receiver, backlog, settings, links, metrics, refused, json, clock), HubLinkActor.NameOf(lane));
            _lanes[lane] = (link, backlog);
            _ = WatchAsync(link);
        }
    }

    public void Publish(int lane, HubEvent hubEvent, PendingCall call)
    {
        // A topic has one lane in the hub, and therefore one lane between the nodes, which keeps the order of its events.
        var (link, backlog) = _lanes[lane % HubLinks.Lanes];
        // If the lane has a backlog, the publisher waits until the lane has accepted the event. A publish never waits for a socket, only for the work of this node.
        var waits = !backlog.Add(hubEvent.Size);
        link.Tell(new HubLinkProtocol.Published(hubEvent, waits ? call : null), ActorRefs.NoSender);
        if (!waits)
            call.Complete();
    }

    private async Task WatchAsync(IActorRef link)
    {
        try
        {
            await link.WatchAsync();
        }
        finally
        {
            // A lane that can't be watched may have stopped as well.
            _stopped.TrySetResult(link.Path.Name);
        }
    }
}
