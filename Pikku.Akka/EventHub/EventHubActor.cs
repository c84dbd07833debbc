using Akka.Actor;
using Akka.Event;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>Owns the lanes of the hub; the hub takes calls while this actor lives.</summary>
internal sealed class EventHubActor(
    HubClient client, int maxSubscriptions, ISubscriberDirectory directory, IHubTransport transport, HubMetrics metrics)
    : UntypedActor, IWithTimers
{
    /// <summary>The name under which it is started.</summary>
    public const string Name = "event-hub";

    /// <summary>As many lanes as the ledger of a subscriber has bits; far above the cores that one node's fan-out keeps busy.</summary>
    public const int MaxLanes = 64;

    /// <summary>How often it looks for calls that wait too long.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="client">The client of the hub; belongs to one actor.</param>
    /// <param name="limits">How many subscriptions a connection may have.</param>
    /// <param name="directory">Knows the connections.</param>
    /// <param name="transport">Carries the events of this node to the others.</param>
    /// <param name="metrics">Counts.</param>
    public static Props Props(
        HubClient client, LimitSettings limits, ISubscriberDirectory directory, IHubTransport transport, HubMetrics metrics)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(client.Lanes, MaxLanes, nameof(client));
        return global::Akka.Actor.Props.Create<EventHubActor>(client, limits.SubscriptionsPerConnection, directory, transport, metrics);
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
            client.Fail(e);
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
            case HubSweep: client.FailOverdue(Environment.TickCount64); break;
            case Terminated terminated: OnStopped(terminated.ActorRef.Path.Name); break;
            case TransportStopped stopped: OnStopped(stopped.Part); break;
            default: Unhandled(message); break;
        }
    }

    // The lanes have stopped before this runs, so no call is completed after it was failed here.
    protected override void PostStop() => client.Close();

    private void StartLanes()
    {
        var started = new IActorRef[client.Lanes];
        for (var lane = 0; lane < started.Length; lane++)
        {
            var props = HubActor.Props(lane, maxSubscriptions, directory, transport, metrics).WithDispatcher(Context.Dispatcher.Id);
            started[lane] = Context.Watch(Context.ActorOf(props, LaneName(lane)));
        }

        transport.Stopped.PipeTo(Self, success: part => new TransportStopped(part));
        Timers.StartPeriodicTimer(nameof(HubSweep), HubSweep.Instance, SweepInterval);
        client.Open(started);
    }

    private void OnStopped(string lane)
    {
        // Somebody stopped it, and what it held went with it. Better a hub that says so than one that is silent for some topics or nodes. At
        // the end of the node all actors stop, each in its own time.
        if (CoordinatedShutdown.Get(Context.System).ShutdownReason is null)
            Context.GetLogger().Error("Lane {Lane} of the event hub was stopped; the hub stops", lane);
        Context.Stop(Self);
    }

    private sealed record TransportStopped(string Part) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record HubSweep : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static HubSweep Instance { get; } = new();
    }
}
