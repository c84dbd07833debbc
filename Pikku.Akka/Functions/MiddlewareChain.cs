using System.Diagnostics;
using Akka.Actor;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Functions;

/// <summary>Composes and runs the middleware around a function.</summary>
internal static class MiddlewareChain
{
    /// <summary>Removes duplicates, then sorts by priority with a stable sort. Middleware with the highest priority is outermost.</summary>
    public static PikkuMiddleware[] Compose(params IEnumerable<PikkuMiddleware>[] parts) =>
        [.. parts.SelectMany(p => p).Distinct().OrderBy(m => m.Priority)];

    /// <summary>
    /// Starts a call that has middleware. The innermost step of the chain sends the call to the function actor and awaits the result. Returns when the
    /// synchronous part of the chain has returned.
    /// </summary>
    public static void Start(Invocation invocation)
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
            await NextAsync(invocation, 0).ConfigureAwait(false); // the middleware may have installed a synchronization context
        }
        catch (Exception e)
        {
            error = e;
        }

        // Middleware may return without awaiting next. The function still uses the message and the services, so wait for it before completing the call.
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
        PikkuNext next = () =>
        {
            if (called)
                throw new InvalidOperationException($"The middleware {middleware[index].Name} called next twice.");
            called = true;
            return NextAsync(invocation, index + 1);
        };
        return invocation.HasRecordedSpan ? RunInSpanAsync(middleware[index], invocation.Context, next) : middleware[index].Run(invocation.Context, next);
    }

    // The span is a child of the current activity: the span of the call, or that of the middleware around it. It is the current activity of the rest of the chain.
    private static async ValueTask RunInSpanAsync(PikkuMiddleware middleware, PikkuContext context, PikkuNext next)
    {
        var span = PikkuActivities.Start(middleware.SpanName, ActivityKind.Internal);
        if (span is { IsAllDataRequested: true })
            span.SetTag(SpanNames.FunctionName, middleware.FunctionName);
        try
        {
            await middleware.Run(context, next).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            PikkuActivities.Fail(span, e, CallSpan.ErrorNameOf(e));
            throw;
        }
        finally
        {
            PikkuActivities.Stop(span);
        }
    }

    private static ValueTask CallFunctionAsync(Invocation invocation)
    {
        var done = invocation.WaitForFunctionAsync();
        invocation.Within = invocation.Ambient.OrCurrent();
        invocation.Action.Actor.Tell(invocation, ActorRefs.NoSender);
        return new ValueTask(done);
    }
}
