using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Carries the events of this node to all others and theirs here: <see cref="HubLinks.Lanes"/> lanes, each a <see cref="HubLinkActor"/>.</summary>
/// <param name="start">Starts an actor under a name.</param>
/// <param name="settings">The settings of the node.</param>
/// <param name="links">Where the lanes tell how far they have come.</param>
/// <param name="metrics">Counts events and batches.</param>
/// <param name="refused">Logs and counts what this node does not understand.</param>
/// <param name="json">How the hub's own events are written.</param>
internal sealed class ClusterHubTransport(
    Func<Props, string, IActorRef> start, NodeSettings settings, HubLinks links, HubMetrics metrics, RefusedMessages refused, JsonSerializerOptions json)
    : IHubTransport
{
    private readonly TaskCompletionSource<string> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly (IActorRef Link, LinkBacklog Backlog)[] _lanes = new (IActorRef, LinkBacklog)[HubLinks.Lanes];

    public Task<string> Stopped => _stopped.Task;

    public void Start(HubClient receiver)
    {
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            // As much as one batch is no queue: it is what the lane takes next.
            var backlog = new LinkBacklog(settings.MaxBatchSize);
            var link = start(HubLinkActor.Props(lane, receiver, backlog, settings, links, metrics, refused, json), HubLinkActor.NameOf(lane));
            _lanes[lane] = (link, backlog);
            _ = WatchAsync(link);
        }
    }

    public void Publish(int lane, HubEvent hubEvent, PendingCall call)
    {
        // A topic stays in its lane of the hub and with that in one lane between the nodes, which keeps its order.
        var (link, backlog) = _lanes[lane % HubLinks.Lanes];
        // A lane that is behind makes the publisher wait for it: a publish waits for no socket, but for this node's own work it does.
        var waits = !backlog.Add(hubEvent.Size);
        link.Tell(new HubLinkProtocol.Published(hubEvent, waits ? call : null), ActorRefs.NoSender);
        if (!waits)
            call.Complete();
    }

    private async Task WatchAsync(IActorRef link)
    {
        await link.WatchAsync();
        _stopped.TrySetResult(link.Path.Name);
    }
}
