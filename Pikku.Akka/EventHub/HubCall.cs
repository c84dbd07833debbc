using Pikku.Akka.Dispatch;

namespace Pikku.Akka.EventHub;

/// <summary>
/// A call that waits for a lane. A task and not a pooled value-task source: callers fire and forget publishes, and such a source
/// would never come back to its pool.
/// </summary>
/// <param name="gate">Where it is registered while it waits.</param>
/// <param name="isPublish">True when it counts against <c>pikku.event-hub.max-pending-publishes</c>.</param>
internal sealed class HubCall(HubGate gate, bool isPublish) : TaskCompletionSource, IThreadPoolWorkItem
{
    private EventHubException? _refusal;

    public bool IsPublish { get; } = isPublish;

    /// <summary>What was asked for is in force.</summary>
    public void Complete()
    {
        gate.End(this);
        // Not here: the caller's code goes on within it, and this is a lane.
        Cascade.RunNext(this);
    }

    /// <summary>What was asked for is refused.</summary>
    public void Fail(EventHubException exception)
    {
        gate.End(this);
        _refusal = exception;
        Cascade.RunNext(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        using (Cascade.Lend())
        {
            if (_refusal is null)
                TrySetResult();
            else
                TrySetException(_refusal);
        }
    }
}
