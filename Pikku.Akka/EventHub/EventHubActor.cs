using Akka.Actor;
using Akka.Event;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>Owns the lanes of the hub; the hub takes calls while this actor lives.</summary>
internal sealed class EventHubActor(
    HubGate gate, int lanes, int maxSubscriptions, ISubscriberDirectory directory, IReadOnlyList<IActorRef> transport, HubMetrics metrics) : UntypedActor
{
    /// <summary>The name under which it is started.</summary>
    public const string Name = "event-hub";

    /// <summary>As many lanes as the ledger of a subscriber has bits; far above the cores that one node's fan-out keeps busy.</summary>
    public const int MaxLanes = 64;

    /// <summary>Lanes when the settings leave it open, at most: beyond this the sockets and not the lanes are what a node waits for.</summary>
    private const int DefaultMaxLanes = 8;

    /// <param name="gate">The gate of the hub; belongs to one actor.</param>
    /// <param name="settings">How many lanes; 0 for one per processor, at most 8.</param>
    /// <param name="limits">How many subscriptions a connection may have.</param>
    /// <param name="directory">Knows the connections.</param>
    /// <param name="transport">Get a <see cref="HubProtocol.Published"/> for every event of this node, each for its lanes; none on a single node.</param>
    /// <param name="metrics">Counts.</param>
    public static Props Props(
        HubGate gate, EventHubSettings settings, LimitSettings limits, ISubscriberDirectory directory, IReadOnlyList<IActorRef> transport,
        HubMetrics metrics)
    {
        var lanes = settings.Lanes == 0 ? Math.Min(Environment.ProcessorCount, DefaultMaxLanes) : settings.Lanes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, MaxLanes, nameof(settings));
        return global::Akka.Actor.Props.Create<EventHubActor>(gate, lanes, limits.SubscriptionsPerConnection, directory, transport, metrics);
    }

    /// <summary>The name of a lane.</summary>
    public static string LaneName(int lane) => $"lane-{lane}";

    protected override void PreStart()
    {
        var started = new IActorRef[lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            // A topic stays in its lane and with that in one lane of the transport, which keeps its order.
            var link = transport.Count == 0 ? ActorRefs.Nobody : transport[lane % transport.Count];
            var props = HubActor.Props(maxSubscriptions, directory, link, metrics).WithDispatcher(Context.Dispatcher.Id);
            started[lane] = Context.Watch(Context.ActorOf(props, LaneName(lane)));
        }

        gate.Open(started);
    }

    // A lane keeps its table over a restart, so a restart is right for a message that failed: stopping it would lose the subscriptions of its
    // topics. A lane that can't be made would be restarted without end.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(error => error is ActorInitializationException ? Directive.Escalate : Directive.Restart);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Terminated terminated: OnLaneGone(terminated.ActorRef); break;
            default: Unhandled(message); break;
        }
    }

    // The lanes have stopped before this runs, so no call is completed after it was failed here.
    protected override void PostStop() => gate.Close();

    private void OnLaneGone(IActorRef lane)
    {
        // Somebody stopped it, and its subscriptions went with it. Better a hub that says so than one that is silent for some topics.
        Context.GetLogger().Error("Lane {Lane} of the event hub was stopped; the hub stops", lane.Path.Name);
        Context.Stop(Self);
    }
}
