namespace Pikku.Akka.EventHub;

/// <summary>
/// A call that waits for a lane. A task and not a pooled value-task source: callers fire and forget publishes, and such a source
/// would never come back to its pool.
/// </summary>
/// <param name="gate">Where it is registered while it waits.</param>
/// <param name="isPublish">True when it counts against <c>pikku.event-hub.max-pending-publishes</c>.</param>
internal sealed class HubCall(HubGate gate, bool isPublish) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public bool IsPublish { get; } = isPublish;

    /// <summary>What was asked for is in force.</summary>
    public void Complete()
    {
        gate.End(this);
        TrySetResult();
    }

    /// <summary>What was asked for is refused.</summary>
    public void Fail(EventHubException exception)
    {
        gate.End(this);
        TrySetException(exception);
    }
}
