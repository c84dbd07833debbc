using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Nodes;
using Pikku.Akka.Connections;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Hosting;

/// <summary>The root of a node's actors, <c>/user/pikku</c>.</summary>
internal sealed class PikkuActor(PikkuApp app) : UntypedActor
{
    public const string Name = "pikku";

    private IActorRef _connections = ActorRefs.Nobody;

    public static Props Props(PikkuApp app) => global::Akka.Actor.Props.Create(() => new PikkuActor(app));

    protected override void PreStart()
    {
        try
        {
            // Each uses those before it.
            var actions = app.Channels.SelectMany(c => c.Definition.AllActions).ToArray();
            Context.ActorOf(FunctionsActor.Props(actions, app.Settings.Function, Elsewhere()), FunctionsActor.Name);
            Start(
                EventHubActor.Props(app.HubGate, app.Settings.Limits, app.Directory, StartCluster(), app.HubMetrics),
                EventHubActor.Name);
            Start(ChannelsActor.Props(app.Channels), ChannelsActor.Name);
            _connections = Start(
                ConnectionsActor.Props(app.Directory, app.Settings, app.Clock, app.Log, Forget), ConnectionsActor.Name);
        }
        catch (Exception e)
        {
            // Whoever waits for the start is told why; the supervisor only logs.
            app.Directory.FailedToStart(e);
            throw;
        }
    }

    // On dispatchers of Akka's own: what other nodes send must not wait for what a message of this one causes.
    private IReadOnlyList<HubTransport> StartCluster()
    {
        if (!app.Settings.Cluster.IsOn)
            return [];
        var (link, links, duties, index, presence, json) = app.Others;
        Context.ActorOf(NodeActor.Props(app.Settings.Cluster, duties, link, app.Log), NodeActor.Name);
        Context.ActorOf(PresenceActor.Props(index, presence), PresenceActor.Name);
        return HubLinkActor.StartAll((props, name) => Context.ActorOf(props, name), app.HubGate, app.Settings.Cluster, links, app.HubMetrics, json);
    }

    // Functions of a role that this node does not have.
    private Func<string, IActorRef?> Elsewhere()
    {
        if (!app.Settings.Cluster.IsOn)
            return _ => null;
        var calls = Context.ActorOf(CallsActor.Props(app.Channels, app.Settings, app.Others.Duties, app.Others.Link), CallsActor.Name);
        return function => app.Settings.Function.RoleOf(function) is { } role && !app.Settings.Cluster.Roles.Contains(role) ? calls : null;
    }

    private void Forget(LocalChannel channel)
    {
        app.Hub.Remove(channel);
        app.Others.Presence.Remove(channel.Id);
    }

    // What a message passes: their children run where they do.
    private static IActorRef Start(Props props, string name) =>
        Context.ActorOf(props.WithDispatcher(CascadeExecutorConfigurator.Dispatcher), name);

    // A part that can't even be made would fail again and again. Before the start it ends the start; later on the parts that need it end as well.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception =>
    {
        if (exception is not ActorInitializationException)
            return Directive.Restart;
        app.Directory.FailedToStart(exception);
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FunctionProtocol.Ready:
                // Before this a message would be told to nobody.
                app.Directory.Started(_connections);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
