using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// A request on its way to its channel, through the application's middleware: authentication for the most part, which may ask another server
/// and never get an answer.
/// </summary>
/// <remarks>
/// The way and its deadline race, and one of them wins: what arrives after its deadline finds that the request has been answered, and leaves it
/// alone.
/// </remarks>
internal sealed class PendingUpgrade
{
    private const int OnItsWay = 0;
    private const int Arrived = 1;
    private const int GivenUp = 2;

    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = OnItsWay;

    /// <summary>Notes that a request has set out.</summary>
    public static PendingUpgrade Begin(HttpContext context)
    {
        var pending = new PendingUpgrade();
        context.Features.Set(pending);
        return pending;
    }

    /// <summary>Notes that a request has come to its channel. False when it came too late.</summary>
    public static bool TryArrive(HttpContext context) => context.Features.Get<PendingUpgrade>() is not { } pending || pending.TryArrive();

    /// <summary>Completes when the request has come to its channel or to its end, and at the deadline.</summary>
    /// <param name="serving">Everything that becomes of the request.</param>
    /// <param name="timeout">How long it may be on its way.</param>
    /// <param name="clock">Measures it.</param>
    /// <returns>False at the deadline.</returns>
    public async Task<bool> ArrivesWithinAsync(Task serving, TimeSpan timeout, TimeProvider clock)
    {
        try
        {
            await Task.WhenAny(serving, _arrived.Task).WaitAsync(timeout, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Claims the request for its deadline. False when it has just arrived.</summary>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, OnItsWay) == OnItsWay;

    private bool TryArrive()
    {
        if (Interlocked.CompareExchange(ref _state, Arrived, OnItsWay) == GivenUp)
            return false;
        _arrived.TrySetResult();
        return true;
    }
}
