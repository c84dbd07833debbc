using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Requests;

/// <summary>
/// An upgrade request that passes the middleware of the application before it reaches its channel. That middleware, mostly authentication, may call another server
/// and never complete.
/// </summary>
/// <remarks>
/// The request and its deadline race, and one of them wins. A request that reaches its channel after the deadline has already been answered and is not
/// processed.
/// </remarks>
internal sealed class PendingRequest
{
    private const int Pending = 0;
    private const int Arrived = 1;
    private const int Expired = 2;

    private TaskCompletionSource? _arrived; // created when something waits: most requests arrive before that
    private int _state = Pending;

    /// <summary>True when the request has reached its channel.</summary>
    public bool HasArrived => Volatile.Read(ref _state) == Arrived;

    /// <summary>Starts tracking a request.</summary>
    public static PendingRequest Begin(HttpContext context)
    {
        var pending = new PendingRequest();
        context.Features.Set(pending);
        return pending;
    }

    /// <summary>Records that a request has reached its channel. Returns false when its deadline has expired.</summary>
    public static bool TryArrive(HttpContext context) => context.Features.Get<PendingRequest>() is not { } pending || pending.TryArrive();

    /// <summary>Waits until the request has reached its channel or has ended, or until the deadline.</summary>
    /// <param name="serving">The task that processes the request.</param>
    /// <param name="timeout">The maximum time until the request reaches its channel.</param>
    /// <param name="clock">The clock for the timeout.</param>
    /// <returns>False at the deadline.</returns>
    public async Task<bool> ArrivesWithinAsync(Task serving, TimeSpan timeout, TimeProvider clock)
    {
        try
        {
            await Task.WhenAny(serving, ArrivesAsync()).WaitAsync(timeout, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Claims the request for its deadline. Returns false when the request has reached its channel.</summary>
    public bool TryExpire() => Interlocked.CompareExchange(ref _state, Expired, Pending) == Pending;

    private bool TryArrive()
    {
        if (Interlocked.CompareExchange(ref _state, Arrived, Pending) == Expired)
            return false;
        Volatile.Read(ref _arrived)?.TrySetResult();
        return true;
    }

    private Task ArrivesAsync()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _arrived, arrived);
        // Either this thread sees the arrival, or the arriving thread sees the task.
        if (HasArrived)
            arrived.TrySetResult();
        return arrived.Task;
    }
}
