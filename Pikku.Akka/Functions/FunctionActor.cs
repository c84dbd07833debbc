using Akka.Actor;

namespace Pikku.Akka.Functions;

/// <summary>
/// Runs one function. The part of the user's code before its first real await runs here, one call at a time, on the dispatcher that is
/// deployed for it; the rest runs where its task completes. A router of several instances runs several at once.
/// </summary>
internal sealed class FunctionActor : UntypedActor
{
    public static Props Props() => global::Akka.Actor.Props.Create(() => new FunctionActor());

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FunctionProtocol.Invoke invoke:
                Run(invoke.Invocation);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static void Run(Invocation invocation)
    {
        ValueTask running;
        try
        {
            running = invocation.Action.Runner.RunAsync(invocation);
        }
        catch (Exception e)
        {
            invocation.Fail(e);
            invocation.FunctionFinished();
            return;
        }

        if (running.IsCompletedSuccessfully)
            invocation.FunctionFinished();
        else
            // Nothing of this actor is touched after the await, and nothing escapes from it: the task needs no observer.
            _ = Observe(running, invocation);
    }

    private static async Task Observe(ValueTask running, Invocation invocation)
    {
        try
        {
            await running;
        }
        catch (Exception e)
        {
            invocation.Fail(e);
        }

        invocation.FunctionFinished();
    }
}
