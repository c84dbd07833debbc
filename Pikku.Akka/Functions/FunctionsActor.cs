using Akka.Actor;
using Akka.Routing;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Functions;

/// <summary>The parent of the function actors, so that they can be deployed by path: <c>/pikku/functions/NAME</c>.</summary>
internal sealed class FunctionsActor : UntypedActor
{
    public const string Name = "functions";

    private const string BlockingDispatcher = "akka.actor.pikku-blocking-dispatcher";

    public FunctionsActor(IReadOnlyList<BoundAction> actions, FunctionSettings settings, Func<string, IActorRef?> proxyOf)
    {
        foreach (var function in actions.GroupBy(a => a.Function.Name, StringComparer.Ordinal))
        {
            var name = ActorNameOf(function.Key);
            var actor = Context.ActorOf(Deployed(name, settings, settings.BlockingInstancesOf(function.Key)), name);
            foreach (var action in function)
            {
                action.LocalActor = actor;
                action.Actor = proxyOf(function.Key) ?? actor;
            }
        }
    }

    /// <param name="actions">The actions of all channels.</param>
    /// <param name="settings">The function settings.</param>
    /// <param name="proxyOf">Returns the proxy for a function that runs on other nodes; null for a local function.</param>
    public static Props Props(IReadOnlyList<BoundAction> actions, FunctionSettings settings, Func<string, IActorRef?> proxyOf) =>
        global::Akka.Actor.Props.Create(() => new FunctionsActor(actions, settings, proxyOf));

    /// <summary>Encodes the name of a function as an actor name, in which colons and many other characters are not allowed.</summary>
    public static string ActorNameOf(string function) =>
        string.Concat(function.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c.ToString() : $"_{(int)c:x}"));

    // Exceptions of user code never reach the supervisor. Any other exception is a bug, and the actor resumes because it has no state. If an actor cannot be
    // created, the failure is escalated, because Resume would try to create it again without end.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(error => error is ActorInitializationException ? Directive.Escalate : Directive.Resume);

    protected override void OnReceive(object message) => Unhandled(message);

    private static Props Deployed(string name, FunctionSettings settings, int? blocking)
    {
        // A deployed dispatcher or mailbox must be passed on explicitly, because a router created here would apply it only to itself.
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
