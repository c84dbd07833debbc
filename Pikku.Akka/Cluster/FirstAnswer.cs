namespace Pikku.Akka.Cluster;

/// <summary>
/// Collects the outcomes of a call that several connections or nodes received, and ends with the first answer of a client. If no client answers, it ends with the
/// failure that says most. Thread-safe.
/// </summary>
internal sealed class FirstAnswer
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<ClientOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClientOutcome _failure = ClientOutcome.NoConnection;
    private int _open = 1; // for the caller, until it has added all receivers

    /// <summary>Completes with the outcome.</summary>
    public Task<ClientOutcome> Task => _done.Task;

    /// <summary>Counts a receiver, which will report its outcome once.</summary>
    public void Add()
    {
        lock (_gate)
            _open++;
    }

    /// <summary>Called when all receivers have been added.</summary>
    public void Close() => Report(ClientOutcome.NoConnection);

    /// <summary>Reports the outcome of a receiver.</summary>
    public void Report(ClientOutcome outcome)
    {
        lock (_gate)
        {
            if (outcome.IsAnswer)
                _done.TrySetResult(outcome);
            else if (outcome.SaysMoreThan(_failure))
                _failure = outcome;
            if (--_open == 0)
                _done.TrySetResult(_failure);
        }
    }
}
