using Akka.Actor;

namespace Pikku.Akka.Functions;

/// <summary>
/// Runs a function that blocks its thread. It runs as many calls at a time as it has workers, each with its own thread. A call waits here while all workers
/// are busy. A router would queue calls behind a busy worker although another one is free.
/// </summary>
internal sealed class FunctionPool : UntypedActor
{
    private readonly Queue<IActorRef> _free = [];
    private readonly Queue<Invocation> _waiting = []; // bounded by the in-flight messages of the connections of all nodes

    public FunctionPool(int instances, string dispatcher)
    {
        for (var i = 0; i < instances; i++)
            _free.Enqueue(Context.ActorOf(FunctionActor.Props(isPooled: true).WithDispatcher(dispatcher)));
    }

    /// <param name="instances">The number of calls that run at a time.</param>
    /// <param name="dispatcher">The dispatcher of the workers.</param>
    public static Props Props(int instances, string dispatcher) =>
        global::Akka.Actor.Props.Create(() => new FunctionPool(instances, dispatcher));

    // Workers have no state, so they can resume after a failure.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Resume);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Invocation invocation when _free.TryDequeue(out var worker):
                worker.Tell(invocation);
                break;
            case Invocation invocation:
                _waiting.Enqueue(invocation);
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
