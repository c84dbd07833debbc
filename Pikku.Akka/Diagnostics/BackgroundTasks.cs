namespace Pikku.Akka.Diagnostics;

/// <summary>
/// Observes tasks whose result nobody awaits: work in the background, and work of the application that the node has stopped waiting for. A failure of such a
/// task would otherwise be lost; here it is logged and counted. Thread-safe.
/// </summary>
internal sealed class BackgroundTasks(PikkuLog log, PikkuMetrics metrics)
{
    /// <summary>Logs and counts the failure of a task that nobody awaits, now or later. A cancelled task is no failure.</summary>
    /// <param name="task">The task.</param>
    /// <param name="work">What the task does, for the log and as the tag of the metric; one of a fixed set of names.</param>
    public void Observe(Task task, string work)
    {
        if (!task.IsCompletedSuccessfully)
            task.ContinueWith(
                failed => Report(work, failed.Exception!.InnerException!), CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <inheritdoc cref="WaitAsync{T}(Task{T}, string, CancellationToken)"/>
    public async Task WaitAsync(Task task, string work, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Observe(task, work);
            throw;
        }
    }

    /// <summary>
    /// Awaits the work of the application until a token is canceled. The work may ignore the token and continue after that, so its later failure is observed.
    /// </summary>
    /// <inheritdoc cref="Observe"/>
    /// <param name="task">The task.</param>
    /// <param name="work">What the task does.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<T> WaitAsync<T>(Task<T> task, string work, CancellationToken cancellationToken)
    {
        try
        {
            return await task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Observe(task, work);
            throw;
        }
    }

    /// <summary>Awaits the work of the application until a timeout. The work may continue after that, so its later failure is observed.</summary>
    /// <inheritdoc cref="Observe"/>
    /// <param name="task">The task.</param>
    /// <param name="work">What the task does.</param>
    /// <param name="timeout">The timeout.</param>
    /// <param name="clock">The clock for the timeout.</param>
    /// <exception cref="TimeoutException">The work did not complete in time, or it threw this exception itself.</exception>
    public async Task WaitAsync(Task task, string work, TimeSpan timeout, TimeProvider clock)
    {
        try
        {
            await task.WaitAsync(timeout, clock);
        }
        // A task that has failed with this very exception has been observed by the await.
        catch (TimeoutException e) when (task.Exception?.InnerException != e)
        {
            Observe(task, work);
            throw;
        }
    }

    private void Report(string work, Exception error)
    {
        metrics.BackgroundFailed(work);
        log.BackgroundFailed(work, error);
    }
}
