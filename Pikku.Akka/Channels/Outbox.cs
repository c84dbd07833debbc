using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// What waits for one socket: whole frames, bounded by the memory that they take, until they have been written. Any thread adds; one
/// writer takes. Adding never waits, unless the sender asks to. How long the client takes nothing is looked at from outside
/// (<see cref="StalledSince"/>): many frames at once are no sign of a slow client. Holds no frame while nothing waits.
/// </summary>
/// <param name="settings">The bounds, and what happens at them.</param>
/// <param name="dropped">Told how many events were dropped to make room.</param>
internal sealed class Outbox(OutboxSettings settings, Action<int>? dropped = null)
{
    private const int MaxTaken = 64 * 1024; // bytes that the writer holds at a time; what stays here can still be dropped

    // Once so much waits for a writer that has not begun, it is not left to wait for the end of the function that sends.
    private const int HurryAbove = 64 * 1024; // bytes

    private const int MaxPongs = 16; // a client that measures its way sends some pings at once, and looks for the answer to each

    private readonly Lock _gate = new();
    private OutboxFrames _frames; // a struct, and not read-only: a fan-out touches every outbox, so that each object less is a cache miss less
    private List<OutboundFrame>? _pongs;
    private readonly int _share = settings.MaxSize / 2; // what senders that wait for room may fill: replies and events find the rest
    private IOutboxWriter? _writer;
    private LinkedList<OutboxWaiter>? _waiting;
    private int _weight; // of all that waits or is being written
    private int _awaited; // of that, what its senders waited for
    private int _taken;
    private int _takenAwaited;
    private bool _reserved;
    private bool _writing;
    private bool _begun;
    private int _hurryAbove = HurryAbove;
    private bool _completed;
    private int _progress;
    private int _progressSeen;
    private long _stalledSince;

    private enum Call
    {
        None,
        Wake,
        Hurry,
    }

    /// <summary>True once nothing more is taken.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed);

    /// <summary>What a sender is told whose message can't be taken any more.</summary>
    public static OperationCanceledException Ended() => new("The connection has gone, or is closing: the message is not sent.");

    /// <summary>Names the one that empties the outbox; it is woken at once when something waits.</summary>
    public void AttachWriter(IOutboxWriter writer)
    {
        lock (_gate)
        {
            _writer = writer;
            if (_frames.IsEmpty && _pongs is null)
                return;
            _writing = true;
        }

        writer.Wake();
    }

    /// <summary>Adds a frame, at once.</summary>
    /// <returns>What became of it.</returns>
    public OutboxResult Add(OutboundFrame frame)
    {
        Call call;
        lock (_gate)
        {
            if (_completed)
            {
                frame.Return();
                return OutboxResult.Closed;
            }

            if (frame.IsEvent && _frames.Events >= settings.MaxMessages)
                MakeRoomForEvent(frame);
            var growth = _frames.GrowthBy(frame);
            if (!HasRoom(growth) && !MakeRoom(growth, frame))
            {
                frame.Return();
                return OutboxResult.Full;
            }

            _frames.Add(frame, growth);
            call = Grow(growth);
        }

        Tell(call);
        return OutboxResult.Added;
    }

    /// <summary>Adds a frame as soon as there is room, behind those that wait already. The task completes when it has been added.</summary>
    /// <exception cref="ServiceUnavailableError">Too many senders wait.</exception>
    /// <exception cref="OperationCanceledException">By the task: nothing is taken any more, or the token fired.</exception>
    public ValueTask AddAsync(OutboundFrame frame, CancellationToken cancellationToken)
    {
        Call call;
        lock (_gate)
        {
            if (_completed)
            {
                frame.Return();
                return ValueTask.FromException(Ended());
            }

            var weight = AwaitedWeightOf(frame);
            if (_waiting is { Count: > 0 } || !HasRoomFor(weight))
                return WaitAsync(Line(new OutboxWaiter(this, frame, weight)), cancellationToken);
            call = AddAwaited(frame, weight);
        }

        Tell(call);
        return default;
    }

    /// <summary>
    /// Waits for room for a message that is not a frame yet; one at a time. Who gets it gives it back by <see cref="Release"/>.
    /// </summary>
    /// <inheritdoc cref="AddAsync"/>
    public ValueTask ReserveAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_completed)
                return ValueTask.FromException(Ended());
            if (_waiting is { Count: > 0 } || !HasRoomToReserve())
                return WaitAsync(Line(new OutboxWaiter(this, null, 0)), cancellationToken);
            _reserved = true;
            return default;
        }
    }

    /// <summary>Adds a frame for which room was reserved, whatever has come in between; of several only as many as find room.</summary>
    public OutboxResult AddReserved(OutboundFrame frame)
    {
        Call call;
        lock (_gate)
        {
            // Only what its own kind holds: others may have filled the rest since the room was reserved.
            if (_completed || _awaited > _share)
            {
                frame.Return();
                return _completed ? OutboxResult.Closed : OutboxResult.Full;
            }

            call = AddAwaited(frame, Math.Min(OutboxFrames.WeightOf(frame), _share / 2));
        }

        Tell(call);
        return OutboxResult.Added;
    }

    /// <summary>Gives a reservation back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _reserved = false;
            Admit();
        }
    }

    /// <summary>Takes a sender that does not want to wait any longer out of the line.</summary>
    public void Cancel(OutboxWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Those behind it get no room by this.
            if (_waiting?.Remove(waiter) != true)
                return;
        }

        waiter.Frame?.Return();
        waiter.TrySetCanceled(cancellationToken);
    }

    /// <summary>
    /// Adds the answer to a ping, in front of what waits. It counts in no bound: where many wait, the latest takes the place of the one
    /// before it (RFC 6455 §5.5.3).
    /// </summary>
    public void AddPong(OutboundFrame pong)
    {
        lock (_gate)
        {
            if (_completed)
            {
                pong.Return();
                return;
            }

            _pongs ??= new List<OutboundFrame>(1);
            if (_pongs.Count == MaxPongs)
            {
                _pongs[^1].Return();
                _pongs[^1] = pong;
                return;
            }

            _pongs.Add(pong);
            if (_writing || _writer is null)
                return;
            _writing = true;
            _begun = false;
        }

        _writer.Wake();
    }

    /// <summary>Adds the last frame, whatever the bounds say: nothing is taken after it.</summary>
    public void Complete(OutboundFrame last)
    {
        Call call;
        lock (_gate)
        {
            if (_completed)
            {
                last.Return();
                return;
            }

            End();
            var weight = OutboxFrames.WeightOf(last);
            _frames.Append(last, weight, isAwaited: false);
            call = Grow(weight);
        }

        Tell(call);
    }

    /// <summary>The socket has gone: throws away what waits and takes nothing more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            End();
            while (_frames.TryDequeue(out var entry))
                entry.Frame.Return();
            _frames.Trim();
            _pongs?.ForEach(pong => pong.Return());
            _pongs = null;
            _weight = _awaited = _taken = _takenAwaited = 0;
            if (_writing || _writer is null)
                return;
            _writing = true;
        }

        // So that it learns that this is the end.
        _writer.Wake();
    }

    /// <summary>
    /// The writer has written what it took before, and takes more of what waits: not all of it when that is much. False means that nothing
    /// waits: the writer rests until it is woken.
    /// </summary>
    /// <param name="into">Gets the frames, in order.</param>
    /// <param name="ended">True when nothing waits and nothing will.</param>
    public bool TryTake(List<OutboundFrame> into, out bool ended)
    {
        lock (_gate)
        {
            _begun = true;
            Progressed();
            _weight -= _taken;
            _awaited -= _takenAwaited;
            _taken = _takenAwaited = 0;
            Admit();
            TakePongs(into);
            for (var bytes = 0; bytes < MaxTaken && _frames.TryDequeue(out var entry); bytes += entry.Frame.Length)
            {
                into.Add(entry.Frame);
                _taken += entry.Weight;
                _takenAwaited += entry.IsAwaited ? entry.Weight : 0;
            }

            ended = false;
            if (into.Count > 0)
                return true;
            ended = _completed;
            _writing = false;
            _frames.Trim();
            return false;
        }
    }

    /// <summary>The client has taken a part of a large frame. For the writer alone.</summary>
    public void Progressed() => Volatile.Write(ref _progress, _progress + 1);

    /// <summary>
    /// Since when something is being written of which the client takes nothing; 0 when that is not so. What the writer has not begun to write is
    /// not the client's fault. For one caller, who asks now and then.
    /// </summary>
    /// <param name="now">When it asks: what has changed since it last asked counts from here.</param>
    public long StalledSince(long now)
    {
        lock (_gate)
        {
            var progress = Volatile.Read(ref _progress);
            if (_taken == 0)
                _stalledSince = 0;
            else if (progress != _progressSeen || _stalledSince == 0)
                _stalledSince = now;
            _progressSeen = progress;
            return _stalledSince;
        }
    }

    // They weigh something only while they are written, so that a client that takes nothing is seen to stall.
    private void TakePongs(List<OutboundFrame> into)
    {
        if (_pongs is not { } pongs)
            return;
        foreach (var pong in pongs)
            _taken += OutboxFrames.WeightOf(pong);
        // As if somebody had waited for them, so that a reply finds the same room beside them.
        _takenAwaited += _taken;
        _weight += _taken;
        _awaited += _taken;
        into.AddRange(pongs);
        _pongs = null;
    }

    private static async ValueTask WaitAsync(OutboxWaiter waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((OutboxWaiter)state!).Cancel(token), waiter);
        await waiter.Task;
    }

    private OutboxWaiter Line(OutboxWaiter waiter)
    {
        _waiting ??= [];
        if (_waiting.Count < settings.MaxWaiting)
        {
            _waiting.AddLast(waiter);
            return waiter;
        }

        waiter.Frame?.Return();
        throw new ServiceUnavailableError(
            $"{settings.MaxWaiting} sends of this connection wait for room (pikku.outbox.max-waiting). Await each before the next.");
    }

    // One frame always fits beside what its senders waited for, however large: the sizes of messages have limits of their own.
    private bool HasRoom(int growth) => growth == 0 || _weight == _awaited || _weight + growth <= settings.MaxSize;

    private bool HasRoomFor(int awaited) => _weight == 0 || _weight + awaited <= _share;

    // For a frame whose size is not known yet, and which then counts for no more than the other half of the share.
    private bool HasRoomToReserve() => !_reserved && (_weight == 0 || _weight < _share / 2);

    // A frame above the share fits alone. It counts for no more than the share, so that others still find room beside it.
    private int AwaitedWeightOf(in OutboundFrame frame) => Math.Min(OutboxFrames.WeightOf(frame), _share);

    private Call AddAwaited(in OutboundFrame frame, int weight)
    {
        _frames.Append(frame, weight, isAwaited: true);
        _awaited += weight;
        return Grow(weight);
    }

    private Call Grow(int weight)
    {
        _weight += weight;
        if (_writer is null)
            return Call.None;
        if (!_writing)
        {
            _writing = true;
            _begun = false;
            _hurryAbove = HurryAbove;
            return Call.Wake;
        }

        if (_begun || _weight < _hurryAbove)
            return Call.None;
        // Again after as much more: whoever is to wake the writer may not have come to it yet, and then there is nobody to hurry.
        _hurryAbove = _weight + HurryAbove;
        return Call.Hurry;
    }

    private void Tell(Call call)
    {
        if (call == Call.Wake)
            _writer!.Wake();
        else if (call == Call.Hurry)
            _writer!.Hurry();
    }

    // Those that wait, in their order. Called by the writer, which so need not be woken, or where only reservations are made.
    private void Admit()
    {
        while (_waiting?.First?.Value is { } waiter && (waiter.Frame is null ? HasRoomToReserve() : HasRoomFor(waiter.Weight)))
        {
            _waiting.RemoveFirst();
            if (waiter.Frame is { } frame)
                AddAwaited(frame, waiter.Weight);
            else
                _reserved = true;
            waiter.TrySetResult();
        }
    }

    private void End()
    {
        Volatile.Write(ref _completed, true);
        for (; _waiting?.First?.Value is { } waiter; _waiting.RemoveFirst())
        {
            waiter.Frame?.Return();
            waiter.TrySetException(Ended());
        }
    }

    private void MakeRoomForEvent(in OutboundFrame coming)
    {
        if (settings.Overflow == OutboxOverflow.KeepLatest)
            KeepLatest(coming);
        while (settings.Overflow == OutboxOverflow.DropOldest && _frames.Events >= settings.MaxMessages)
            DropOldest();
    }

    private bool MakeRoom(int growth, in OutboundFrame coming)
    {
        if (settings.Overflow == OutboxOverflow.KeepLatest)
            KeepLatest(coming);
        while (settings.Overflow == OutboxOverflow.DropOldest && !HasRoom(growth) && DropOldest())
        {
        }

        return HasRoom(growth);
    }

    private bool DropOldest()
    {
        var weight = _frames.DropOldest();
        _weight -= weight;
        if (weight > 0)
            dropped?.Invoke(1);
        return weight > 0;
    }

    private void KeepLatest(in OutboundFrame coming)
    {
        var (count, weight) = _frames.KeepLatest(coming.IsEvent ? coming.Topic : null);
        _weight -= weight;
        if (count > 0)
            dropped?.Invoke(count);
    }
}
