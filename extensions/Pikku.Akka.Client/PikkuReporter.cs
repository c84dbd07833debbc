namespace Pikku.Akka.Clients;

/// <summary>Reports the errors that no caller receives.</summary>
internal sealed class PikkuReporter(Uri address, PikkuOptions options)
{
    public void Report(Exception error)
    {
        try
        {
            if (options.OnError is { } handler)
                handler(error);
            else
                System.Diagnostics.Trace.TraceError("{0}: {1}", address.AbsolutePath, error);
        }
        catch (Exception)
        {
            // The error handler itself failed, so there is nowhere left to report to.
        }
    }

    /// <summary>Reports the failure of a task of the application, without waiting for the task.</summary>
    public void Observe(Task task) => _ = ObserveAsync(task);

    private async Task ObserveAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Report(e);
        }
    }
}
