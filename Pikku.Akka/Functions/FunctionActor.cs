using Akka.Actor;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Functions;

/// <summary>
/// Runs one function. The actor runs user code up to its first asynchronous await, one call at a time, on the dispatcher that is deployed for it. The rest runs
/// on the thread that completes the awaited task. A router with several instances runs several calls at once.
/// </summary>
internal sealed class FunctionActor(bool isPooled) : UntypedActor
{
    /// <param name="isPooled">True for a worker of a <see cref="FunctionPool"/>, which reports to the pool when it is free.</param>
    public static Props Props(bool isPooled = false) => global::Akka.Actor.Props.Create(() => new FunctionActor(isPooled));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Invocation invocation when isPooled:
                try
                {
                    Run(invocation);
                }
                finally
                {
                    Context.Parent.Tell(FunctionProtocol.Free.Instance);
                }

                break;
            case Invocation invocation:
                Run(invocation);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // Messages of one turn run one after another here. The turn decides which one is next.
    private static void Run(Invocation first)
    {
        var next = RunOne(first, first.Within ?? first.Ambient);
        while (next is not null)
            next = RunOne(next, next.Ambient);
    }

    private static Invocation? RunOne(Invocation invocation, AmbientContext ambient)
    {
        // The client has received a timeout error and may have sent the message again.
        if (invocation.IsAbandoned)
        {
            invocation.Fail(new RequestTimeoutError());
            return invocation.CompleteFunction(isReadyForNext: true);
        }

        invocation.BeginRun();
        ValueTask running;
        try
        {
            invocation.FunctionPhase = FunctionPhase.OnThread;
            using (ambient.Enter())
                running = invocation.Action.Runner.RunAsync(invocation);
        }
        catch (Exception e)
        {
            invocation.Fail(e);
            invocation.FunctionPhase = FunctionPhase.OffThread;
            return invocation.CompleteFunction(isReadyForNext: true);
        }

        invocation.FunctionPhase = FunctionPhase.OffThread;

        if (running.IsCompletedSuccessfully)
            return invocation.CompleteFunction(isReadyForNext: true);
        // Suspend before the await: afterwards the call may complete on another thread, and it would be reported before its predecessors.
        invocation.Suspend();
        // ObserveAsync does not use this actor after its await and never throws, so its task needs no observer.
        _ = ObserveAsync(running, invocation);
        return null;
    }

    private static async Task ObserveAsync(ValueTask running, Invocation invocation)
    {
        try
        {
            await running.ConfigureAwait(false); // the function may have installed a synchronization context
        }
        catch (Exception e)
        {
            invocation.Fail(e);
        }

        using (Cascade.Open())
            invocation.CompleteFunction(isReadyForNext: false);
    }
}
