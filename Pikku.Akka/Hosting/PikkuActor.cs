using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Hosting;

/// <summary>The parent of all actors of a node, <c>/user/pikku</c>.</summary>
internal sealed class PikkuActor(PikkuApp app) : UntypedActor
{
    public const string Name = NodePath.Root;

    // The children that have not confirmed their start yet.
    private readonly HashSet<IActorRef> _starting = [];

    private IActorRef _connections = ActorRefs.Nobody;
    private RefusedMessages? _refused;
    private bool _started;
    private Exception? _failure;

    // All actors that receive messages of other nodes share one object, so that a node of another version is logged once.
    private RefusedMessages Refused => _refused ??= new RefusedMessages(Context.GetLogger(), app.Cluster.Metrics, app.Clock);

    public static Props Props(PikkuApp app) => global::Akka.Actor.Props.Create(() => new PikkuActor(app));

    protected override void PreStart()
    {
        try
        {
            // Each actor uses the actors before it.
            var actions = app.Channels.SelectMany(c => c.Definition.CallableActions).ToArray();
            Own(Context.ActorOf(FunctionsActor.Props(actions, app.Settings.Function, RemoteActorOf()), FunctionsActor.Name));
            var transport = NewTransport();
            transport.Start(app.HubClient);
            Start(EventHubActor.Props(
                app.HubClient, app.Settings.Limits, app.Settings.History, app.DeclaredTopics, app.Directory, transport, app.Cluster.Json, app.HubMetrics, app.Clock), EventHubActor.Name);
            Start(ChannelsActor.Props(app.Channels), ChannelsActor.Name);
            _connections = Start(
                ConnectionsActor.Props(app.Directory, app.Settings, app.Clock, app.Log, OnConnectionEnded), ConnectionsActor.Name);
        }
        catch (Exception e)
        {
            // The start fails with this exception. The supervisor only logs it.
            app.Directory.SetStartFailure(e);
            throw;
        }
    }

    // These actors run on the dispatchers of Akka: messages of other nodes must not wait for the work that a message of this node causes.
    private IHubTransport NewTransport()
    {
        if (!app.Settings.Cluster.IsOn)
            return new LocalHubTransport();
        var cluster = app.Cluster;
        var node = NodeActor.Props(app.Settings.Cluster, cluster.Requests, cluster.Client, cluster.ClientCalls, Refused, cluster.Metrics, app.Log, app.Background, app.Clock, cluster.Isolation,
            cluster.Discovery);
        Own(Context.ActorOf(node, NodeActor.Name));
        return new ClusterHubTransport(
            Context.System, (props, name) => Own(Context.ActorOf(props, name)), app.Settings.Cluster, cluster.HubLinks, app.HubMetrics, Refused, app.Clock)
        {
            Client = cluster.Client,
        };
    }

    // Selects the actor for functions that run on nodes with a role that this node does not have.
    private Func<string, IActorRef?> RemoteActorOf()
    {
        if (!app.Settings.Cluster.IsOn)
            return _ => null;
        var cluster = app.Cluster;
        var props = CallsActor.Props(app.Channels, app.Settings, cluster.Requests, cluster.Client, Refused, cluster.Metrics, app.Log, app.Clock);
        var calls = Own(Context.ActorOf(props, CallsActor.Name));
        return function => app.Settings.Function.RoleOf(function) is { } role && !app.Settings.Cluster.Roles.Contains(role) ? calls : null;
    }

    private void OnConnectionEnded(Connection channel) => app.Hub.Remove(channel);

    // The actors that a message passes through. Their children run on the same dispatcher.
    private IActorRef Start(Props props, string name) => Own(Context.ActorOf(props.WithDispatcher(CascadeExecutorConfigurator.Dispatcher), name));

    // A child answers Identify after it was created. The node has started when all children have answered; a child that can't be created terminates instead.
    private IActorRef Own(IActorRef child)
    {
        _starting.Add(Context.Watch(child));
        child.Tell(new Identify(null));
        return child;
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(Decide);

    // A child that can't be created is stopped, because it would fail again on each restart. A child that fails on a message is restarted.
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
                OnTerminated(child);
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
        // Only now do all receivers of messages exist.
        app.Directory.SetParent(_connections);
    }

    // A node can't work without one of its components: it does not start, or it is no longer ready.
    private void OnTerminated(IActorRef child)
    {
        // A drain stops this actor after its timeout, which is not a failure.
        if (_failure is null && child.Equals(_connections))
            return;
        var name = child.Path.Name;
        app.Directory.SetStartFailure(new InvalidOperationException($"The component '{name}' of the node could not be started: {Reason(_failure)}", _failure));
        if (!_started)
            return;
        app.Directory.LostPart = name;
        app.Log.PartLost(name, _failure);
    }

    // The message of the innermost exception. Akka and reflection wrap the original exception.
    private static string Reason(Exception? failure)
    {
        while (failure is { InnerException: { } inner })
            failure = inner;
        return failure?.Message ?? "It was stopped.";
    }
}
