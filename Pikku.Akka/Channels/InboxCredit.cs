using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// How much a client may have waiting here: the receive loop takes credit for every message and reads no further without, so that TCP
/// pushes back; the connection's actor returns it when a message is over.
/// </summary>
internal sealed class InboxCredit(ConnectionSettings settings)
{
    // Both counts in one word, so that neither side takes a lock for a message: messages above, bytes below.
    private const int MessageShift = 40;
    private const long ByteMask = (1L << MessageShift) - 1;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private long _used;
    private bool _isAnswerAwaited;

    /// <summary>Counts a message in.</summary>
    public void TakeCredit(int bytes) => Interlocked.Add(ref _used, (1L << MessageShift) + bytes);

    /// <summary>Counts a message out.</summary>
    public void ReturnCredit(int bytes)
    {
        Interlocked.Add(ref _used, -(1L << MessageShift) - bytes);
        // Either this sees the reader that waits, or the reader sees what was returned.
        if (Volatile.Read(ref _waiting) is not null)
            ReleaseReader();
    }

    /// <summary>
    /// Increases the window while a function awaits an answer of the client: the answer may stand behind messages that wait for this very
    /// function.
    /// </summary>
    public void SetAnswerAwaited(bool isAwaited)
    {
        Volatile.Write(ref _isAnswerAwaited, isAwaited);
        ReleaseReader();
    }

    /// <summary>Completes when the next message may be read.</summary>
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
