using Akka.Actor;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Functions;

/// <summary>
/// Runs one function. The part of the user's code before its first real await runs here, one call at a time, on the dispatcher that is
/// deployed for it; the rest runs where its task completes. A router of several instances runs several at once.
/// </summary>
internal sealed class FunctionActor(bool isPooled) : UntypedActor
{
    /// <param name="isPooled">True for a worker of a <see cref="FunctionPool"/>, which is told when it is free again.</param>
    public static Props Props(bool isPooled = false) => global::Akka.Actor.Props.Create(() => new FunctionActor(isPooled));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FunctionProtocol.Invoke invoke when isPooled:
                try
                {
                    Run(invoke.Invocation, invoke.Within);
                }
                finally
                {
                    Context.Parent.Tell(FunctionProtocol.Free.Instance);
                }

                break;
            case FunctionProtocol.Invoke invoke:
                Run(invoke.Invocation, invoke.Within);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // The messages of one connection that were read together follow each other here; their turn says which one is next.
    private static void Run(Invocation first, AmbientContext? within)
    {
        var next = RunOne(first, within ?? first.Ambient);
        while (next is not null)
            next = RunOne(next, next.Ambient);
    }

    private static Invocation? RunOne(Invocation invocation, AmbientContext ambient)
    {
        // The client has been answered with a timeout, and may have sent the message again.
        if (invocation.IsAbandoned)
        {
            invocation.Fail(new RequestTimeoutError());
            return invocation.CompleteFunction(isReadyForNext: true);
        }

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
        // Before the await: once it is awaited, it may complete on another thread, and would be reported before those that came before it.
        invocation.Suspend();
        // Nothing of this actor is touched after the await, and nothing escapes from it: the task needs no observer.
        _ = ObserveAsync(running, invocation);
        return null;
    }

    private static async Task ObserveAsync(ValueTask running, Invocation invocation)
    {
        try
        {
            await running.ConfigureAwait(false); // whatever the function made of its thread
        }
        catch (Exception e)
        {
            invocation.Fail(e);
        }

        using (Cascade.Open())
            invocation.CompleteFunction(isReadyForNext: false);
    }
}
