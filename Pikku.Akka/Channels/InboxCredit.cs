using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// Limits the messages of a client that wait on this node. The receive loop takes credit for each message and stops reading when the credit is used up, so
/// that TCP applies backpressure to the client. The connection's actor returns the credit when a message is complete.
/// </summary>
internal sealed class InboxCredit(ConnectionSettings settings)
{
    // One word holds both counts (messages in the upper bits, bytes in the lower bits), so that neither side needs a lock for each message.
    private const int MessageShift = 40;
    private const long ByteMask = (1L << MessageShift) - 1;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private long _used;
    private uint _received; // in the padding behind the switch, so that a connection is no larger
    private bool _isAnswerAwaited;

    /// <summary>The number of messages that the client has sent. It starts again at 0 after 2³² messages.</summary>
    public uint Received => Volatile.Read(ref _received);

    /// <summary>Adds a message to the counts. Only the thread that reads the socket calls it.</summary>
    public void TakeCredit(int bytes)
    {
        _received++;
        Interlocked.Add(ref _used, (1L << MessageShift) + bytes);
    }

    /// <summary>Removes a message from the counts.</summary>
    public void ReturnCredit(int bytes)
    {
        Interlocked.Add(ref _used, -(1L << MessageShift) - bytes);
        // Either this thread sees the waiting reader, or the reader sees the returned credit.
        if (Volatile.Read(ref _waiting) is not null)
            ReleaseReader();
    }

    /// <summary>
    /// Increases the limit while a function awaits an answer of the client, because the answer may be queued behind messages that wait for this very
    /// function.
    /// </summary>
    public void SetAnswerAwaited(bool isAwaited)
    {
        Volatile.Write(ref _isAnswerAwaited, isAwaited);
        ReleaseReader();
    }

    /// <summary>Returns a task that completes when the next message may be read.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            var waiting = _waiting ?? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _waiting, waiting);
            if (!MayRead)
                return waiting.Task;
            _waiting = null;
            waiting.TrySetResult();
            return Task.CompletedTask;
        }
    }

    /// <summary>True when the next message may be read at once.</summary>
    public bool MayRead
    {
        get
        {
            var used = Volatile.Read(ref _used);
            var messages = used >> MessageShift;
            return messages < (Volatile.Read(ref _isAnswerAwaited) ? settings.InboxMessagesDuringCall : settings.InboxMessages)
                && ((used & ByteMask) < settings.InboxSize || messages == 0);
        }
    }

    private void ReleaseReader()
    {
        lock (_gate)
        {
            if (_waiting is null || !MayRead)
                return;
            _waiting.TrySetResult();
            _waiting = null;
        }
    }
}
