namespace Pikku.Akka.Diagnostics;

/// <summary>
/// Waits that may end before their task. If such a task failed later, the runtime would raise <see cref="TaskScheduler.UnobservedTaskException"/>, which applications
/// treat as a bug of theirs. These methods are for tasks whose later failure concerns nobody: only the caller wanted the result, or the failure is reported elsewhere.
/// <see cref="BackgroundTasks"/> logs and counts the others.
/// </summary>
internal static class AbandonedTasks
{
    /// <summary>Ignores the failure of a task, now or later.</summary>
    public static void IgnoreFailure(this Task task)
    {
        // Reading the exception marks it as observed.
        if (task.IsCompleted)
            _ = task.Exception;
        else
            task.ContinueWith(
                static failed => _ = failed.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Awaits a task until a token is canceled, and ignores its failure after that.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task WaitOrAbandonAsync(this Task task, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            task.IgnoreFailure();
        }
    }

    /// <summary>Awaits a task until a timeout, and ignores its failure after that.</summary>
    /// <param name="task">The task.</param>
    /// <param name="timeout">The timeout.</param>
    /// <param name="clock">The clock for the timeout.</param>
    /// <exception cref="TimeoutException">The task did not complete in time.</exception>
    public static async Task<T> WaitOrAbandonAsync<T>(this Task<T> task, TimeSpan timeout, TimeProvider clock)
    {
        try
        {
            return await task.WaitAsync(timeout, clock).ConfigureAwait(false);
        }
        finally
        {
            task.IgnoreFailure();
        }
    }
}
