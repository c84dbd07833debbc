using Akka.Actor;
using Akka.Routing;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Functions;

/// <summary>The parent of the functions' actors, so that they are deployed by path: <c>/pikku/functions/NAME</c>.</summary>
internal sealed class FunctionsActor : UntypedActor
{
    public const string Name = "functions";

    private const string BlockingDispatcher = "akka.actor.pikku-blocking-dispatcher";

    public FunctionsActor(IReadOnlyList<BoundAction> actions, FunctionSettings settings, Func<string, IActorRef?> elsewhere)
    {
        foreach (var function in actions.GroupBy(a => a.Function.Name, StringComparer.Ordinal))
        {
            var name = ActorNameOf(function.Key);
            var actor = Context.ActorOf(Deployed(name, settings, settings.BlockingInstancesOf(function.Key)), name);
            foreach (var action in function)
            {
                action.LocalActor = actor;
                action.Actor = elsewhere(function.Key) ?? actor;
            }
        }
    }

    /// <param name="actions">What is wired.</param>
    /// <param name="settings">How functions run.</param>
    /// <param name="elsewhere">Who knows another node for a function; null for one that runs here.</param>
    public static Props Props(IReadOnlyList<BoundAction> actions, FunctionSettings settings, Func<string, IActorRef?> elsewhere) =>
        global::Akka.Actor.Props.Create(() => new FunctionsActor(actions, settings, elsewhere));

    /// <summary>The name of a function as the last part of an actor path, where colons and much else may not stand.</summary>
    public static string ActorNameOf(string function) =>
        string.Concat(function.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c.ToString() : $"_{(int)c:x}"));

    // A message of user code never gets here as an exception; what does is a bug of ours, and the actor has no state to lose. One that can't
    // be made is for the parent to know of: to resume it would be to make it again, without end.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(error => error is ActorInitializationException ? Directive.Escalate : Directive.Resume);

    protected override void OnReceive(object message) => Unhandled(message);

    private static Props Deployed(string name, FunctionSettings settings, int? blocking)
    {
        // A dispatcher or mailbox that is deployed must be handed on: a router that we make here would keep it for itself.
        var deployment = ((ExtendedActorSystem)Context.System).Provider.Deployer.Lookup(Context.Self.Path / name);
        var own = deployment is { Dispatcher: { Length: > 0 } deployed } ? deployed : null;
        if (blocking is { } calls)
            return FunctionPool.Props(calls, own ?? BlockingDispatcher).WithDispatcher(settings.Dispatcher);

        var dispatcher = own ?? settings.Dispatcher;
        var props = FunctionActor.Props().WithDispatcher(dispatcher);
        if (deployment is { Mailbox: { Length: > 0 } mailbox })
            props = props.WithMailbox(mailbox);
        if (deployment is { RouterConfig: not (null or NoRouter) })
            return props.WithRouter(FromConfig.Instance);

        var instances = settings.Instances == 0 ? Environment.ProcessorCount : settings.Instances;
        return instances == 1 ? props : props.WithRouter(new RoundRobinPool(instances));
    }
}
