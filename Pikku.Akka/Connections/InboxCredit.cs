using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>
/// How much a client may have waiting here: the receive loop takes credit for every message and reads no further without, so that TCP
/// pushes back; the connection's actor gives it back when a message is done.
/// </summary>
internal sealed class InboxCredit(ConnectionSettings settings)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private int _messages;
    private int _bytes;
    private bool _wide;

    /// <summary>Counts a message in.</summary>
    public void Take(int bytes)
    {
        lock (_gate)
        {
            _messages++;
            _bytes += bytes;
        }
    }

    /// <summary>Counts a message out.</summary>
    public void Return(int bytes)
    {
        lock (_gate)
        {
            _messages--;
            _bytes -= bytes;
            ReleaseIfRoom();
        }
    }

    /// <summary>
    /// Widens the limit while an answer of the client is awaited: the answer may stand behind messages that wait for the very function
    /// that awaits it.
    /// </summary>
    public void Widen(bool wide)
    {
        lock (_gate)
        {
            _wide = wide;
            ReleaseIfRoom();
        }
    }

    /// <summary>Completes when the next message may be read.</summary>
    public Task WaitForRoom()
    {
        lock (_gate)
            return HasRoom ? Task.CompletedTask : (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>True when the next message may be read at once.</summary>
    public bool MayRead
    {
        get
        {
            lock (_gate)
                return HasRoom;
        }
    }

    private bool HasRoom =>
        _messages < (_wide ? settings.InboxMessagesDuringCall : settings.InboxMessages) && (_bytes < settings.InboxSize || _messages == 0);

    private void ReleaseIfRoom()
    {
        if (_waiting is null || !HasRoom)
            return;
        _waiting.TrySetResult();
        _waiting = null;
    }
}
