using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>
/// How much a client may have waiting here: the receive loop takes credit for every message and reads no further without, so that TCP
/// pushes back; the connection's actor gives it back when a message is done.
/// </summary>
internal sealed class InboxCredit(ConnectionSettings settings)
{
    // Both counts in one word, so that neither side takes a lock for a message: messages above, bytes below.
    private const int MessageShift = 40;
    private const long ByteMask = (1L << MessageShift) - 1;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private long _used;
    private bool _wide;

    /// <summary>Counts a message in.</summary>
    public void Take(int bytes) => Interlocked.Add(ref _used, (1L << MessageShift) + bytes);

    /// <summary>Counts a message out.</summary>
    public void Return(int bytes)
    {
        Interlocked.Add(ref _used, -(1L << MessageShift) - bytes);
        // Either this sees the one who waits, or that one sees what was given back.
        if (Volatile.Read(ref _waiting) is not null)
            ReleaseIfRoom();
    }

    /// <summary>
    /// Widens the limit while an answer of the client is awaited: the answer may stand behind messages that wait for the very function
    /// that awaits it.
    /// </summary>
    public void Widen(bool wide)
    {
        Volatile.Write(ref _wide, wide);
        ReleaseIfRoom();
    }

    /// <summary>Completes when the next message may be read.</summary>
    public Task WaitForRoom()
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
            return messages < (Volatile.Read(ref _wide) ? settings.InboxMessagesDuringCall : settings.InboxMessages)
                && ((used & ByteMask) < settings.InboxSize || messages == 0);
        }
    }

    private void ReleaseIfRoom()
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
