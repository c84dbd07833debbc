using Pikku.Akka.Dispatch;

namespace Pikku.Akka.EventHub;

/// <summary>
/// A call that waits for a lane. A task and not a pooled value-task source: callers fire and forget publishes, and such a source
/// would never come back to its pool.
/// </summary>
/// <param name="client">Where it is registered while it waits.</param>
/// <param name="isPublish">True when it counts against <c>pikku.event-hub.max-pending-publishes</c>.</param>
/// <param name="size">The bytes that wait with it.</param>
internal sealed class PendingCall(HubClient client, bool isPublish, int size) : TaskCompletionSource, IThreadPoolWorkItem
{
    private volatile EventHubException? _refusal;
    private volatile bool _isOver;

    public bool IsPublish { get; } = isPublish;

    public int Size { get; } = size;

    /// <summary>When the hub was given it, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long Since { get; set; } = Environment.TickCount64;

    /// <summary>True when its caller has been told, or is about to be.</summary>
    public bool IsOver => _isOver;

    /// <summary>What was asked for is in force.</summary>
    public void Complete()
    {
        client.End(this);
        Tell();
    }

    /// <summary>What was asked for is refused.</summary>
    public void Fail(EventHubException exception)
    {
        client.End(this);
        Abandon(exception);
    }

    /// <summary>The caller is told that it need not wait any longer. The call still counts, for a lane still has it.</summary>
    public void Abandon(EventHubException exception)
    {
        if (_isOver)
            return;
        _refusal = exception;
        Tell();
    }

    void IThreadPoolWorkItem.Execute()
    {
        using (Cascade.EnterUserCode())
        {
            if (_refusal is { } refusal)
                TrySetException(refusal);
            else
                TrySetResult();
        }
    }

    private void Tell()
    {
        _isOver = true;
        // Not here: the caller's code goes on within it, and this is a lane.
        Cascade.RunNext(this);
    }
}
