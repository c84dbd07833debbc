using Pikku.Akka.Dispatch;

namespace Pikku.Akka.EventHub;

/// <summary>
/// A call of the hub that waits for a lane. It is a task and not a pooled value-task source, because callers do not always await a publish, and a source
/// that nobody awaits never returns to its pool.
/// </summary>
/// <param name="client">The client that the call is registered with while it waits.</param>
/// <param name="isPublish">True when the call counts against <c>pikku.event-hub.max-pending-publishes</c>.</param>
/// <param name="size">The size of its event in bytes.</param>
internal sealed class PendingCall(HubClient client, bool isPublish, int size) : TaskCompletionSource, IThreadPoolWorkItem
{
    private volatile EventHubException? _refusal;
    private volatile bool _isOver;

    public bool IsPublish { get; } = isPublish;

    public int Size { get; } = size;

    /// <summary>
    /// The time at which <see cref="HubClient.FailOverdue"/> first found the call waiting, a timestamp of its clock; null before that. Most calls end before, so
    /// that they need no timestamp. Only the client uses it, under its lock.
    /// </summary>
    public long? WaitingSince { get; set; }

    /// <summary>True when the caller has received the outcome, or is about to receive it.</summary>
    public bool IsOver => _isOver;

    /// <summary>
    /// Ends the call with success. A publish fails if the node has lost contact with its cluster in the meantime, for example because its process was frozen:
    /// the event may not have reached the other nodes.
    /// </summary>
    public void Complete()
    {
        client.End(this);
        if (IsPublish && !client.IsMember)
            Abandon(HubClient.CutOff());
        else
            NotifyCaller();
    }

    /// <summary>Ends the call with an exception.</summary>
    public void Fail(EventHubException exception)
    {
        client.End(this);
        Abandon(exception);
    }

    /// <summary>Ends the wait of the caller with an exception. The call still counts against the limits, because a lane still holds its message.</summary>
    public void Abandon(EventHubException exception)
    {
        if (_isOver)
            return;
        _refusal = exception;
        NotifyCaller();
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

    private void NotifyCaller()
    {
        _isOver = true;
        // The task is not completed here: its continuation is code of the caller, which must not run in a lane.
        Cascade.RunNext(this);
    }
}
