using Akka.Actor;

namespace Pikku.Akka.Functions;

/// <summary>
/// Runs a function that blocks its thread: so many calls at a time as it has workers, each of which has a thread of its own. A call waits
/// here while all of them are busy, and never behind a busy one while another is free, as it would with a router.
/// </summary>
internal sealed class FunctionPool : UntypedActor
{
    private readonly Queue<IActorRef> _free = [];
    private readonly Queue<FunctionProtocol.Invoke> _waiting = []; // never more than the connections of all nodes have messages in flight

    public FunctionPool(int instances, string dispatcher)
    {
        for (var i = 0; i < instances; i++)
            _free.Enqueue(Context.ActorOf(FunctionActor.Props(isPooled: true).WithDispatcher(dispatcher)));
    }

    /// <param name="instances">How many calls run at a time.</param>
    /// <param name="dispatcher">The dispatcher of the workers.</param>
    public static Props Props(int instances, string dispatcher) =>
        global::Akka.Actor.Props.Create(() => new FunctionPool(instances, dispatcher));

    // A worker has no state to lose.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Resume);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FunctionProtocol.Invoke invoke when _free.TryDequeue(out var worker):
                worker.Tell(invoke);
                break;
            case FunctionProtocol.Invoke invoke:
                _waiting.Enqueue(invoke);
                break;
            case FunctionProtocol.Free when _waiting.TryDequeue(out var next):
                Sender.Tell(next);
                break;
            case FunctionProtocol.Free:
                _free.Enqueue(Sender);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
