using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// What waits for one client: encoded messages, bounded by the memory that they take, until they have been written. Any thread adds; the transport
/// takes. Adding never waits, unless the sender asks to. Whether the client takes anything is asked from outside (<see cref="StalledSince"/>): many
/// messages at once are no sign of a slow client. Holds no message while nothing waits.
/// </summary>
/// <remarks>
/// This is the shell: the lock, the senders that wait, and the calls to the transport, which are made outside of the lock; <see cref="OutboxState"/>
/// decides. A message that is given to the outbox belongs to it: the outbox returns what it refuses or drops, and the transport what it takes.
/// </remarks>
/// <param name="settings">The bounds, and what happens at them.</param>
/// <param name="transport">Empties the outbox.</param>
/// <param name="dropped">Told how many events were dropped to make room.</param>
internal sealed class Outbox(OutboxSettings settings, IConnectionTransport transport, Action<int>? dropped = null)
{
    private readonly Lock _gate = new();
    private OutboxState _state = new(settings); // a mutable struct: must not be read-only
    private WakeState _wake;
    private LinkedList<OutboxWaiter>? _waiting;
    private bool _completed;

    /// <summary>True once nothing more is taken.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed);

    /// <summary>What a sender is told whose message can't be sent any more.</summary>
    public static OperationCanceledException Ended() => new("The connection has gone, or is closing: the message is not sent.");

    /// <summary>Adds a message, at once.</summary>
    /// <returns>What became of it.</returns>
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
            call = added ? _wake.Added(_state.Weight) : WakeState.Call.None;
        }

        if (drops > 0)
            dropped?.Invoke(drops);
        Tell(call);
        return added ? OutboxResult.Added : OutboxResult.Full;
    }

    /// <summary>Adds a message as soon as there is room, behind those that wait already. The task completes when it has been added.</summary>
    /// <exception cref="ServiceUnavailableError">Too many senders wait.</exception>
    /// <exception cref="OperationCanceledException">By the task: nothing is taken any more, or the token fired.</exception>
    public ValueTask AddAsync(EncodedMessage message, CancellationToken cancellationToken)
    {
        WakeState.Call call;
        lock (_gate)
        {
            if (_completed)
            {
                message.Return();
                return ValueTask.FromException(Ended());
            }

            var weight = _state.AwaitedWeightOf(message);
            if (_waiting is { Count: > 0 } || !_state.HasRoomForAwaited(weight))
                return WaitAsync(Enqueue(new OutboxWaiter(this, message, weight)), cancellationToken);
            _state.AddAwaited(message, weight);
            call = _wake.Added(_state.Weight);
        }

        Tell(call);
        return default;
    }

    /// <summary>Waits for room for a message that is not encoded yet; one at a time. Its sender gives it back by <see cref="Release"/>.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public ValueTask ReserveAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_completed)
                return ValueTask.FromException(Ended());
            if (_waiting is { Count: > 0 } || !_state.HasRoomToReserve)
                return WaitAsync(Enqueue(new OutboxWaiter(this, null, 0)), cancellationToken);
            _state.Reserve();
            return default;
        }
    }

    /// <summary>Adds a message for which room was reserved, whatever has come in between; of several only as many as find room.</summary>
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
            call = _wake.Added(_state.Weight);
        }

        Tell(call);
        return OutboxResult.Added;
    }

    /// <summary>Gives a reservation back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _state.Release();
            AdmitWaiting();
        }
    }

    /// <summary>Removes a sender that does not want to wait any longer.</summary>
    public void Cancel(OutboxWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Those behind it get no room by this.
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

        Tell(call);
    }

    /// <summary>Adds the last message, whatever the bounds say: nothing is taken after it.</summary>
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
            call = _wake.Added(_state.Weight);
        }

        Tell(call);
    }

    /// <summary>The client has gone: throws away what waits and takes nothing more.</summary>
    public void Abandon()
    {
        WakeState.Call call;
        lock (_gate)
        {
            End();
            _state.Clear();
            // So that the transport learns that this is the end.
            call = _wake.Wake();
        }

        Tell(call);
    }

    /// <summary>The transport has written what it took before, and takes more of what waits: not all of it when that is much.</summary>
    /// <param name="into">Gets the messages, in order. The transport returns each of them once, when all of them have been written.</param>
    /// <param name="ended">True when nothing waits and nothing will.</param>
    /// <returns>False when nothing waits: the transport rests until it is woken.</returns>
    public bool TryTake(List<EncodedMessage> into, out bool ended)
    {
        lock (_gate)
        {
            _wake.Begun();
            _state.Written();
            AdmitWaiting();
            ended = false;
            if (_state.TryTake(into))
                return true;
            ended = _completed;
            _wake.Rests();
            return false;
        }
    }

    /// <summary>The client has taken a part of a large message. For the transport alone.</summary>
    public void Progressed() => _state.Progressed();

    /// <summary>Since when the client takes nothing of what is being written; 0 when that is not so. For one caller, who asks now and then.</summary>
    /// <param name="now">When it asks: what has changed since it last asked counts from here.</param>
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
            $"{_state.MaxWaiting} sends of this connection wait for room (pikku.outbox.max-waiting). Await each before the next.");
    }

    // Outside of the lock: the transport may take messages on this very thread.
    private void Tell(WakeState.Call call)
    {
        if (call == WakeState.Call.Write)
            transport.Write();
        else if (call == WakeState.Call.WriteNow)
            transport.WriteNow();
    }

    // In their order. Called by the transport, which takes what is added next, or where only reservations are given: nobody has to be woken.
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
            waiter.TrySetException(Ended());
        }
    }
}
