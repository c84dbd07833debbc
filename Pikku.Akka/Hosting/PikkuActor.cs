using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Hosting;

/// <summary>The root of a node's actors, <c>/user/pikku</c>.</summary>
internal sealed class PikkuActor(PikkuApp app) : UntypedActor
{
    public const string Name = "pikku";

    // Whoever has not answered yet that it is there.
    private readonly HashSet<IActorRef> _starting = [];

    private IActorRef _connections = ActorRefs.Nobody;
    private RefusedMessages? _refused;
    private bool _started;
    private Exception? _failure;

    // One for all actors that other nodes send to, so that a node of another version is logged once.
    private RefusedMessages Refused => _refused ??= new RefusedMessages(Context.GetLogger(), app.Cluster.Metrics);

    public static Props Props(PikkuApp app) => global::Akka.Actor.Props.Create(() => new PikkuActor(app));

    protected override void PreStart()
    {
        try
        {
            // Each uses those before it.
            var actions = app.Channels.SelectMany(c => c.Definition.AllActions).ToArray();
            Own(Context.ActorOf(FunctionsActor.Props(actions, app.Settings.Function, Elsewhere()), FunctionsActor.Name));
            var transport = NewTransport();
            transport.Start(app.HubClient);
            Start(EventHubActor.Props(app.HubClient, app.Settings.Limits, app.Directory, transport, app.HubMetrics), EventHubActor.Name);
            Start(ChannelsActor.Props(app.Channels), ChannelsActor.Name);
            _connections = Start(
                ConnectionsActor.Props(app.Directory, app.Settings, app.Clock, app.Log, Forget), ConnectionsActor.Name);
        }
        catch (Exception e)
        {
            // Whoever waits for the start is told why; the supervisor only logs.
            app.Directory.SetStartFailure(e);
            throw;
        }
    }

    // On dispatchers of Akka's own: what other nodes send must not wait for what a message of this one causes.
    private IHubTransport NewTransport()
    {
        if (!app.Settings.Cluster.IsOn)
            return new LocalHubTransport();
        var cluster = app.Cluster;
        Own(Context.ActorOf(NodeActor.Props(app.Settings.Cluster, cluster.Requests, cluster.Client, Refused, cluster.Metrics, app.Log), NodeActor.Name));
        Own(Context.ActorOf(PresenceActor.Props(cluster.PresenceIndex, cluster.Presence), PresenceActor.Name));
        return new ClusterHubTransport(
            (props, name) => Own(Context.ActorOf(props, name)), app.Settings.Cluster, cluster.HubLinks, app.HubMetrics, Refused, cluster.Json);
    }

    // Functions of a role that this node does not have.
    private Func<string, IActorRef?> Elsewhere()
    {
        if (!app.Settings.Cluster.IsOn)
            return _ => null;
        var calls = Own(Context.ActorOf(CallsActor.Props(app.Channels, app.Settings, app.Cluster.Requests, app.Cluster.Client, Refused, app.Cluster.Metrics, app.Log), CallsActor.Name));
        return function => app.Settings.Function.RoleOf(function) is { } role && !app.Settings.Cluster.Roles.Contains(role) ? calls : null;
    }

    private void Forget(Connection channel)
    {
        app.Hub.Remove(channel);
        app.Cluster.Presence.Remove(channel.Id);
    }

    // What a message passes: their children run where they do.
    private IActorRef Start(Props props, string name) => Own(Context.ActorOf(props.WithDispatcher(CascadeExecutorConfigurator.Dispatcher), name));

    // It answers once it is made, or never: the node starts when all have answered.
    private IActorRef Own(IActorRef child)
    {
        _starting.Add(Context.Watch(child));
        child.Tell(new Identify(null));
        return child;
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(Decide);

    // Who can't be made now can't be made a moment later either: trying again would never end. A message that failed is another matter.
    private Directive Decide(Exception error)
    {
        if (error is not ActorInitializationException)
            return Directive.Restart;
        _failure = error;
        return Directive.Stop;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ActorIdentity { Subject: { } child }:
                OnStarted(child);
                break;
            case Terminated { ActorRef: var child }:
                OnGone(child);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnStarted(IActorRef child)
    {
        if (!_starting.Remove(child) || _starting.Count > 0)
            return;
        _started = true;
        // Before this a message would be told to nobody.
        app.Directory.SetParent(_connections);
    }

    // A node without one of its parts is none: it does not start, or is no longer ready.
    private void OnGone(IActorRef child)
    {
        // A drain that is out of patience stops the connections.
        if (_failure is null && child.Equals(_connections))
            return;
        var name = child.Path.Name;
        app.Directory.SetStartFailure(new InvalidOperationException($"The actor '{name}' of the node could not be started: {Reason(_failure)}", _failure));
        if (!_started)
            return;
        app.Directory.LostPart = name;
        app.Log.PartLost(name, _failure);
    }

    // What went wrong, below the exceptions in which Akka and reflection wrap it.
    private static string Reason(Exception? failure)
    {
        while (failure is { InnerException: { } inner })
            failure = inner;
        return failure?.Message ?? "it stopped.";
    }
}
