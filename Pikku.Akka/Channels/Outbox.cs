using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// The encoded messages that wait for one client, bounded by the memory that they use, until they have been written. Any thread adds messages; the
/// transport takes them. Adding does not wait unless the sender asks for it. The sweep detects a slow client through <see cref="StalledSince"/>, because a
/// burst of messages alone does not mean that the client is slow. Holds no buffers while it is empty.
/// </summary>
/// <remarks>
/// This class has the lock, the waiting senders and the calls to the transport, which are made outside of the lock. <see cref="OutboxState"/> makes the
/// decisions. The outbox owns each message that is added: it returns the buffers of messages that it refuses or drops, and the transport returns the
/// buffers of messages that it takes.
/// </remarks>
/// <param name="settings">The limits and the overflow policy.</param>
/// <param name="transport">The transport that takes the messages.</param>
/// <param name="dropped">Called with the number of events that were dropped to make room.</param>
internal sealed partial class Outbox(OutboxSettings settings, IConnectionTransport transport, Action<int>? dropped = null)
{
    private readonly Lock _gate = new();
    private OutboxState _state = new(settings); // a mutable struct: must not be read-only
    private WakeState _wake;
    private LinkedList<OutboxWaiter>? _waiting;
    private bool _completed;

    /// <summary>True once the outbox accepts no more messages.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed);

    /// <summary>True while no message waits and none is being written.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _wake.IsIdle;
        }
    }

    /// <summary>Creates the exception for a sender whose message can no longer be sent.</summary>
    public static OperationCanceledException EndedException() => new("The message was not sent because the connection is closing or has ended.");

    /// <summary>Adds a message without waiting.</summary>
    /// <returns>Whether the message was added.</returns>
    public OutboxResult Add(EncodedMessage message)
    {
        WakeState.Call call;
        bool added;
        int drops;
        lock (_gate)
        {
            if (_completed)
            {
                message.Return();
                return OutboxResult.Closed;
            }

            added = _state.TryAdd(message, out drops);
            call = added ? _wake.OnAdded(_state.Weight) : WakeState.Call.None;
        }

        if (drops > 0)
            dropped?.Invoke(drops);
        NotifyTransport(call);
        return added ? OutboxResult.Added : OutboxResult.Full;
    }

    /// <summary>Adds a message as soon as there is room, after the senders that wait already. The task completes when it has been added.</summary>
    /// <exception cref="ServiceUnavailableError">Too many senders wait.</exception>
    /// <exception cref="OperationCanceledException">Through the task: the outbox accepts no more messages, or the token was canceled.</exception>
    public ValueTask AddAsync(EncodedMessage message, CancellationToken cancellationToken)
    {
        WakeState.Call call;
        lock (_gate)
        {
            if (_completed)
            {
                message.Return();
                return ValueTask.FromException(EndedException());
            }

            var weight = _state.AwaitedWeightOf(message);
            if (_waiting is { Count: > 0 } || !_state.HasRoomForAwaited(weight))
                return WaitAsync(Enqueue(new OutboxWaiter(this, message, weight)), cancellationToken);
            _state.AddAwaited(message, weight);
            call = _wake.OnAdded(_state.Weight);
        }

        NotifyTransport(call);
        return default;
    }

    /// <summary>Waits for room for a message that is not encoded yet. Only one reservation exists at a time; its sender ends it with <see cref="Release"/>.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public ValueTask ReserveAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_completed)
                return ValueTask.FromException(EndedException());
            if (_waiting is { Count: > 0 } || !_state.HasRoomToReserve)
                return WaitAsync(Enqueue(new OutboxWaiter(this, null, 0)), cancellationToken);
            _state.Reserve();
            return default;
        }
    }

    /// <summary>Adds a message for which room was reserved, even if other messages have filled the outbox since. If the reservation is used for several messages, those that
    /// exceed the share of waiting senders are refused.</summary>
    public OutboxResult AddReserved(EncodedMessage message)
    {
        WakeState.Call call;
        lock (_gate)
        {
            if (_completed)
            {
                message.Return();
                return OutboxResult.Closed;
            }

            if (!_state.TryAddReserved(message))
                return OutboxResult.Full;
            call = _wake.OnAdded(_state.Weight);
        }

        NotifyTransport(call);
        return OutboxResult.Added;
    }

    /// <summary>Ends the reservation.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _state.Release();
            AdmitWaiting();
        }
    }

    /// <summary>Removes a sender whose token was canceled.</summary>
    public void Cancel(OutboxWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Removing a waiting sender makes no room, so the senders after it are not admitted here.
            if (_waiting?.Remove(waiter) != true)
                return;
        }

        waiter.Message?.Return();
        waiter.TrySetCanceled(cancellationToken);
    }

    /// <inheritdoc cref="OutboxState.AddPong"/>
    public void AddPong(EncodedMessage pong)
    {
        WakeState.Call call;
        lock (_gate)
        {
            if (_completed)
            {
                pong.Return();
                return;
            }

            _state.AddPong(pong);
            call = _wake.Wake();
        }

        NotifyTransport(call);
    }

    /// <summary>Adds the last message regardless of the limits. No more messages are accepted after it.</summary>
    public void Complete(EncodedMessage last)
    {
        WakeState.Call call;
        lock (_gate)
        {
            if (_completed)
            {
                last.Return();
                return;
            }

            End();
            _state.AddLast(last);
            call = _wake.OnAdded(_state.Weight);
        }

        NotifyTransport(call);
    }

    /// <summary>Discards the waiting messages and accepts no more, because the client is gone.</summary>
    public void Abandon()
    {
        WakeState.Call call;
        lock (_gate)
        {
            End();
            _state.Clear();
            // Wake the transport, so that it sees the end.
            call = _wake.Wake();
        }

        NotifyTransport(call);
    }

    /// <summary>Called when the transport has written the messages that it took before. Takes the next messages, up to a limited number of bytes.</summary>
    /// <param name="into">Receives the messages, in order. The transport returns each of them once, after all of them have been written.</param>
    /// <param name="ended">True when the outbox is empty and accepts no more messages.</param>
    /// <returns>False when the outbox is empty. The transport then idles until it is woken.</returns>
    public bool TryTake(List<EncodedMessage> into, out bool ended)
    {
        var first = into.Count;
        lock (_gate)
        {
            _wake.OnStarted();
            _state.OnWritten();
            AdmitWaiting();
            ended = false;
            if (!_state.TryTake(into))
            {
                ended = _completed;
                _wake.OnIdle();
                return false;
            }
        }

        // Outside of the lock: only the transport takes messages, one call at a time.
        _watch?.Sent(into, first);
        return true;
    }

    /// <summary>Records that the client has received a part of a large message. Called only by the transport.</summary>
    public void ReportProgress() => _state.ReportProgress();

    /// <summary>The time since which the client has read nothing of the data that is being written; 0 when it is not stalled. For one caller that polls periodically.</summary>
    /// <param name="now">The time of this call. Changes since the last call are counted from this time.</param>
    public long StalledSince(long now)
    {
        lock (_gate)
            return _state.StalledSince(now);
    }

    private static async ValueTask WaitAsync(OutboxWaiter waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((OutboxWaiter)state!).Cancel(token), waiter);
        await waiter.Task;
    }

    private OutboxWaiter Enqueue(OutboxWaiter waiter)
    {
        _waiting ??= [];
        if (_waiting.Count < _state.MaxWaiting)
        {
            _waiting.AddLast(waiter);
            return waiter;
        }

        waiter.Message?.Return();
        throw new ServiceUnavailableError(
            $"{_state.MaxWaiting} sends of this connection already wait for room (pikku.outbox.max-waiting). Await each send before the next one.");
    }

    // Called outside of the lock, because the transport may take messages on this thread.
    private void NotifyTransport(WakeState.Call call)
    {
        if (call == WakeState.Call.Write)
            transport.Write();
        else if (call == WakeState.Call.WriteNow)
            transport.WriteNow();
    }

    // Admits waiting senders in order. Nobody has to be woken: either the transport calls this and takes messages next, or only reservations are granted.
    private void AdmitWaiting()
    {
        while (_waiting?.First?.Value is { } waiter
            && (waiter.Message is null ? _state.HasRoomToReserve : _state.HasRoomForAwaited(waiter.Weight)))
        {
            _waiting.RemoveFirst();
            if (waiter.Message is { } message)
                _state.AddAwaited(message, waiter.Weight);
            else
                _state.Reserve();
            waiter.TrySetResult();
        }
    }

    private void End()
    {
        Volatile.Write(ref _completed, true);
        for (; _waiting?.First?.Value is { } waiter; _waiting.RemoveFirst())
        {
            waiter.Message?.Return();
            waiter.TrySetException(EndedException());
        }
    }
}
