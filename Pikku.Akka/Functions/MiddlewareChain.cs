using Akka.Actor;

namespace Pikku.Akka.Functions;

/// <summary>Works out and runs the middleware around a function.</summary>
internal static class MiddlewareChain
{
    /// <summary>Each once, then one stable sort: those of the highest priority outermost.</summary>
    public static PikkuMiddleware[] Compose(params IEnumerable<PikkuMiddleware>[] parts) =>
        [.. parts.SelectMany(p => p).Distinct().OrderBy(m => m.Priority)];

    /// <summary>
    /// Starts the call: the function's actor at once when there is no middleware; otherwise the chain, whose innermost step tells the
    /// actor and waits for it. Returns as soon as the chain does, at the latest at its first real await.
    /// </summary>
    public static void Start(Invocation invocation)
    {
        if (invocation.Action.Middleware.Length == 0)
            invocation.Action.Actor.Tell(new FunctionProtocol.Invoke(invocation), ActorRefs.NoSender);
        else
            Begin(invocation);
    }

    private static void Begin(Invocation invocation)
    {
        using (invocation.Ambient.Enter())
        {
            invocation.IsInMiddleware = true;
            _ = RunAsync(invocation);
            invocation.IsInMiddleware = false;
        }
    }

    private static async Task RunAsync(Invocation invocation)
    {
        Exception? error = null;
        try
        {
            await NextAsync(invocation, 0).ConfigureAwait(false); // whatever the middleware made of its thread
        }
        catch (Exception e)
        {
            error = e;
        }

        // A layer need not have waited for next; but message and services are the function's until it has run.
        var function = invocation.CompleteMiddlewareAsync();
        if (!function.IsCompleted)
        {
            var failure = await ErrorOfAsync(function).ConfigureAwait(false);
            error ??= failure;
        }

        if (error is not null)
            invocation.Fail(error);
        invocation.Complete(isReadyForNext: false);
    }

    private static async Task<Exception?> ErrorOfAsync(Task function)
    {
        try
        {
            await function.ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static ValueTask NextAsync(Invocation invocation, int index)
    {
        var middleware = invocation.Action.Middleware;
        if (index == middleware.Length)
            return CallFunctionAsync(invocation);

        var called = false;
        return middleware[index].Run(invocation.Wire.Services, invocation.Wire, () =>
        {
            if (called)
                throw new InvalidOperationException($"The middleware {middleware[index].Name} called next twice.");
            called = true;
            return NextAsync(invocation, index + 1);
        });
    }

    private static ValueTask CallFunctionAsync(Invocation invocation)
    {
        var done = invocation.WaitForFunctionAsync();
        invocation.Action.Actor.Tell(new FunctionProtocol.Invoke(invocation, invocation.Ambient.OrCurrent()), ActorRefs.NoSender);
        return new ValueTask(done);
    }
}
