namespace Pikku.Akka.Dispatch;

/// <summary>Runs the callbacks that user code has registered with a cancellation token.</summary>
internal static class UserCallbacks
{
    /// <summary>
    /// Cancels a token. The token is canceled when this method returns. The callbacks run on another thread, because a callback that blocks must not block the caller,
    /// which is an actor.
    /// </summary>
    /// <param name="source">The source of the token.</param>
    /// <param name="ambient">The context for callbacks that did not capture one when they were registered.</param>
    /// <param name="failed">Called with the exceptions of the callbacks.</param>
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
