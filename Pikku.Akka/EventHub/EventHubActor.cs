using Akka.Actor;
using Akka.Event;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>Owns the lanes of the hub. The hub accepts calls as long as this actor runs.</summary>
internal sealed class EventHubActor(
    HubClient client, int maxSubscriptions, ISubscriberDirectory directory, IHubTransport transport, HubMetrics metrics, TimeProvider clock)
    : UntypedActor, IWithTimers
{
    /// <summary>The name of the actor.</summary>
    public const string Name = "event-hub";

    /// <summary>The ledger of a subscriber has one bit for each lane. The limit is far above the number of cores that the fan-out of one node uses.</summary>
    public const int MaxLanes = 64;

    /// <summary>How often calls are checked against <c>pikku.event-hub.call-timeout</c>.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="client">The client of the hub. One client belongs to one actor.</param>
    /// <param name="limits">The maximum number of subscriptions per connection.</param>
    /// <param name="directory">The connections of this node.</param>
    /// <param name="transport">Sends the events of this node to the other nodes.</param>
    /// <param name="metrics">Counts calls, events and subscriptions.</param>
    /// <param name="clock">Limits how often the lanes log.</param>
    public static Props Props(
        HubClient client, LimitSettings limits, ISubscriberDirectory directory, IHubTransport transport, HubMetrics metrics, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(client.Lanes, MaxLanes, nameof(client));
        return global::Akka.Actor.Props.Create<EventHubActor>(client, limits.SubscriptionsPerConnection, directory, transport, metrics, clock);
    }

    /// <summary>The name of a lane.</summary>
    public static string LaneName(int lane) => $"lane-{lane}";

    // If a lane can't be created, the supervisor of this actor reports the reason, and the start of the node passes it on to the callers of the hub.
    protected override void PreStart()
    {
        var started = new IActorRef[client.Lanes];
        for (var lane = 0; lane < started.Length; lane++)
        {
            var props = HubActor.Props(lane, maxSubscriptions, directory, transport, metrics, clock).WithDispatcher(Context.Dispatcher.Id);
            started[lane] = Context.Watch(Context.ActorOf(props, LaneName(lane)));
        }

        transport.Stopped.PipeTo(Self, success: part => new TransportStopped(part));
        Timers.StartPeriodicTimer(nameof(HubSweep), HubSweep.Instance, SweepInterval);
        client.Open(started);
    }

    // A lane that fails on a message is restarted: its subscription table survives a restart, whereas stopping the lane would lose the subscriptions of its
    // topics. A lane that can't be created is not restarted, because it would fail again each time.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(error => error is ActorInitializationException ? Directive.Escalate : Directive.Restart);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubSweep: client.FailOverdue(); break;
            case Terminated terminated: OnStopped(terminated.ActorRef.Path.Name); break;
            case TransportStopped stopped: OnStopped(stopped.Part); break;
            default: Unhandled(message); break;
        }
    }

    // The lanes stop before this method runs, so no lane completes a call after this method has failed it.
    protected override void PostStop() => client.Close();

    private void OnStopped(string lane)
    {
        // The lane or the transport was stopped, and its subscriptions or events are lost. The whole hub stops, because a hub that reports the failure is
        // better than a hub that silently loses the events of some topics or nodes. During a shutdown this is no failure: all actors stop, in any order.
        if (CoordinatedShutdown.Get(Context.System).ShutdownReason is null)
            Context.GetLogger().Error("The component {Lane} of the event hub was stopped, so the hub stops", lane);
        Context.Stop(Self);
    }

    private sealed record TransportStopped(string Part) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record HubSweep : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static HubSweep Instance { get; } = new();
    }
}
