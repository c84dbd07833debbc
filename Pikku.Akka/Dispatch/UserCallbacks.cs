namespace Pikku.Akka.Dispatch;

/// <summary>Calls what user code has registered with a cancellation token.</summary>
internal static class UserCallbacks
{
    /// <summary>
    /// Cancels. The token says so when this returns; the callbacks run on another thread, because one that blocks must not hold up whoever
    /// cancels: an actor, which has a connection to end.
    /// </summary>
    /// <param name="source">The source of the token.</param>
    /// <param name="ambient">What those callbacks see that did not take a context along when they were registered.</param>
    /// <param name="failed">Told what they throw.</param>
    public static void Cancel(CancellationTokenSource source, AmbientContext ambient, Action<Exception> failed)
    {
        Task called;
        using (ambient.Enter())
            called = source.CancelAsync();
        if (!called.IsCompletedSuccessfully)
            _ = ObserveAsync(called, failed);
    }

    private static async Task ObserveAsync(Task called, Action<Exception> failed)
    {
        try
        {
            await called;
        }
        catch (Exception e)
        {
            failed(e);
        }
    }
}
