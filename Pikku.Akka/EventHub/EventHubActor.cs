using Akka.Actor;
using Akka.Event;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>Owns the lanes of the hub; the hub takes calls while this actor lives.</summary>
internal sealed class EventHubActor(
    HubGate gate, int maxSubscriptions, ISubscriberDirectory directory, IReadOnlyList<HubTransport> transport, HubMetrics metrics)
    : UntypedActor, IWithTimers
{
    /// <summary>The name under which it is started.</summary>
    public const string Name = "event-hub";

    /// <summary>As many lanes as the ledger of a subscriber has bits; far above the cores that one node's fan-out keeps busy.</summary>
    public const int MaxLanes = 64;

    /// <summary>How often it looks for calls that wait too long.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="gate">The gate of the hub; belongs to one actor.</param>
    /// <param name="limits">How many subscriptions a connection may have.</param>
    /// <param name="directory">Knows the connections.</param>
    /// <param name="transport">Carries every event of this node to the others, each for its lanes; none on a single node.</param>
    /// <param name="metrics">Counts.</param>
    public static Props Props(
        HubGate gate, LimitSettings limits, ISubscriberDirectory directory, IReadOnlyList<HubTransport> transport, HubMetrics metrics)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gate.Lanes, MaxLanes, nameof(gate));
        return global::Akka.Actor.Props.Create<EventHubActor>(gate, limits.SubscriptionsPerConnection, directory, transport, metrics);
    }

    /// <summary>The name of a lane.</summary>
    public static string LaneName(int lane) => $"lane-{lane}";

    protected override void PreStart()
    {
        try
        {
            StartLanes();
        }
        catch (Exception e)
        {
            // Whoever uses the hub is told why. The supervisor, which stops who can't be made, tells the start.
            gate.Fail(e);
            throw;
        }
    }

    // A lane keeps its table over a restart, so a restart is right for a message that failed: stopping it would lose the subscriptions of its
    // topics. A lane that can't be made would be restarted without end.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(error => error is ActorInitializationException ? Directive.Escalate : Directive.Restart);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubSweep: gate.FailOverdue(Environment.TickCount64); break;
            case Terminated terminated: OnLaneGone(terminated.ActorRef); break;
            default: Unhandled(message); break;
        }
    }

    // The lanes have stopped before this runs, so no call is completed after it was failed here.
    protected override void PostStop() => gate.Close();

    private void StartLanes()
    {
        foreach (var lane in transport)
            Context.Watch(lane.Link);
        var started = new IActorRef[gate.Lanes];
        for (var lane = 0; lane < started.Length; lane++)
        {
            // A topic stays in its lane and with that in one lane of the transport, which keeps its order.
            var link = transport.Count == 0 ? null : transport[lane % transport.Count];
            var props = HubActor.Props(maxSubscriptions, directory, link, metrics).WithDispatcher(Context.Dispatcher.Id);
            started[lane] = Context.Watch(Context.ActorOf(props, LaneName(lane)));
        }

        Timers.StartPeriodicTimer(nameof(HubSweep), HubSweep.Instance, SweepInterval);
        gate.Open(started);
    }

    private void OnLaneGone(IActorRef lane)
    {
        // Somebody stopped it, and what it held went with it. Better a hub that says so than one that is silent for some topics or nodes. At
        // the end of the node all actors stop, each in its own time.
        if (CoordinatedShutdown.Get(Context.System).ShutdownReason is null)
            Context.GetLogger().Error("Lane {Lane} of the event hub was stopped; the hub stops", lane.Path.Name);
        Context.Stop(Self);
    }

    private sealed record HubSweep : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static HubSweep Instance { get; } = new();
    }
}
