using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>Owns the lanes of the hub. The hub accepts calls as long as this actor runs.</summary>
/// <param name="client">The client of the hub. One client belongs to one actor.</param>
/// <param name="limits">The maximum number of subscriptions per connection.</param>
/// <param name="history">The limits of the history.</param>
/// <param name="declared">The topics that the application declares.</param>
/// <param name="directory">The connections of this node.</param>
/// <param name="transport">Carries the messages between the nodes.</param>
/// <param name="json">Serializes the events of the hub itself.</param>
/// <param name="metrics">Counts calls, events and subscriptions.</param>
/// <param name="clock">The clocks of the lanes.</param>
internal sealed class EventHubActor(
    HubClient client, LimitSettings limits, HistorySettings history, DeclaredTopics declared, ISubscriberDirectory directory, IHubTransport transport,
    JsonSerializerOptions json, HubMetrics metrics, TimeProvider clock)
    : UntypedActor, IWithTimers
{
    /// <summary>The name of the actor.</summary>
    public const string Name = "event-hub";

    /// <summary>How often calls are checked against <c>pikku.event-hub.call-timeout</c>.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a lane looks at the time. In a cluster a new link, an unanswered question and a waiting client are noticed within it.</summary>
    private static readonly TimeSpan LaneInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>A lane without other nodes only forgets what is too old.</summary>
    private static readonly TimeSpan LaneIntervalAlone = TimeSpan.FromSeconds(1);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>See the constructor.</summary>
    public static Props Props(
        HubClient client, LimitSettings limits, HistorySettings history, DeclaredTopics declared, ISubscriberDirectory directory, IHubTransport transport,
        JsonSerializerOptions json, HubMetrics metrics, TimeProvider clock) =>
        global::Akka.Actor.Props.Create<EventHubActor>(client, limits, history, declared, directory, transport, json, metrics, clock);

    /// <summary>The name of a lane.</summary>
    public static string LaneName(int lane) => $"lane-{lane}";

    // If a lane can't be created, the supervisor of this actor reports the reason, and the start of the node passes it on to the callers of the hub.
    protected override void PreStart()
    {
        var context = new HubContext
        {
            MaxSubscriptions = limits.SubscriptionsPerConnection,
            Directory = directory,
            Transport = transport,
            History = history,
            HistoryOf = topic => client.StoreOf(topic)?.Options ?? declared.HistoryOf(topic),
            Entries = client.Entries,
            StoreOf = client.StoreOf,
            Waiting = new WaitingLimit(history.MaxWaiting),
            AnnounceGap = AnnounceGap,
            Metrics = metrics,
            Clock = clock,
            Log = Context.GetLogger(),
        };
        var started = new IActorRef[Lanes.Count];
        for (var lane = 0; lane < started.Length; lane++)
        {
            // The lane is created here, outside of its actor, so that it survives a restart of the actor.
            var props = HubActor.Props(new HubLane(lane, context), transport.IsClustered ? LaneInterval : LaneIntervalAlone);
            started[lane] = Context.Watch(Context.ActorOf(props.WithDispatcher(Context.Dispatcher.Id), LaneName(lane)));
        }

        transport.Stopped.PipeTo(Self, success: part => new TransportStopped(part));
        Timers.StartPeriodicTimer(nameof(HubSweep), HubSweep.Instance, SweepInterval);
        client.Self = transport.Self;
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

    private void AnnounceGap(string node, long missing)
    {
        var gap = EventEncoder.Encode(EventHubGap.Topic.Name, new EventHubGap(node, missing), default, json, int.MaxValue);
        client.Tell(Lanes.Of(gap.Topic), new HubProtocol.Announce(gap));
    }

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
