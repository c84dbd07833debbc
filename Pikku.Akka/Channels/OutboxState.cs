using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// What an outbox decides: whether a message finds room, which events are dropped for it, what is written next, and what all of it weighs. Without
/// locks, threads and clocks; <see cref="Outbox"/> calls it under its lock.
/// </summary>
/// <remarks>
/// Messages weigh what they take of memory, until they have been written. Senders that wait for room, and answers to pings, count apart
/// (<c>_awaited</c>): the former fill at most half of the outbox, so that replies and events, which can't wait, find the other half.
/// <para>It is a mutable struct because a fan-out touches every outbox of the node, and each object less is a cache miss less.</para>
/// </remarks>
internal struct OutboxState(OutboxSettings settings)
{
    private const int MaxTaken = 64 * 1024; // bytes that the transport holds at a time; what stays here can still be dropped

    private const int MaxPongs = 16; // a client that measures its way sends some pings at once, and looks for the answer to each

    private readonly int _share = settings.MaxSize / 2; // what senders that wait for room may fill
    private OutboxMessages _messages;
    private List<EncodedMessage>? _pongs;
    private StallClock _stall;
    private int _weight; // of all that waits or is being written
    private int _awaited; // of that, what its senders waited for
    private int _taken; // of that, what is being written
    private int _takenAwaited;
    private bool _reserved;

    /// <summary>What waits or is being written.</summary>
    public readonly int Weight => _weight;

    /// <summary>True when nothing waits.</summary>
    public readonly bool IsEmpty => _messages.IsEmpty && _pongs is null;

    /// <summary>How many senders may wait for room.</summary>
    public readonly int MaxWaiting => settings.MaxWaiting;

    /// <summary>True when a reservation may be given: one at a time, and for a message that will count for no more than half of the share.</summary>
    public readonly bool HasRoomToReserve => !_reserved && (_weight == 0 || _weight < _share / 2);

    /// <summary>Adds a message, if it finds room or the policy makes some. Returns the message to its pool when not.</summary>
    /// <param name="message">The message.</param>
    /// <param name="dropped">How many events were dropped for it.</param>
    public bool TryAdd(in EncodedMessage message, out int dropped)
    {
        dropped = 0;
        if (message.IsEvent && _messages.Events >= settings.MaxMessages)
            dropped += MakeRoomForEvent(message);
        var growth = _messages.GrowthBy(message);
        if (!HasRoom(growth))
        {
            dropped += MakeRoom(growth, message);
            if (!HasRoom(growth))
            {
                message.Return();
                return false;
            }
        }

        _messages.Add(message, growth);
        _weight += growth;
        return true;
    }

    /// <summary>
    /// What a message counts for whose sender waits for room. A message above the share fits alone. It counts for no more than the share, so that
    /// others still find room beside it.
    /// </summary>
    public readonly int AwaitedWeightOf(in EncodedMessage message) => Math.Min(OutboxMessages.WeightOf(message), _share);

    /// <summary>True when a message whose sender waits for room may be added.</summary>
    /// <param name="weight">Its <see cref="AwaitedWeightOf"/>.</param>
    public readonly bool HasRoomForAwaited(int weight) => _weight == 0 || _weight + weight <= _share;

    /// <summary>Adds a message for which <see cref="HasRoomForAwaited"/> said that there is room.</summary>
    public void AddAwaited(in EncodedMessage message, int weight)
    {
        _messages.Append(message, weight, isAwaited: true);
        _awaited += weight;
        _weight += weight;
    }

    /// <summary>Gives the reservation to a sender.</summary>
    public void Reserve() => _reserved = true;

    /// <summary>The sender that had the reservation does not need it any more.</summary>
    public void Release() => _reserved = false;

    /// <summary>Adds a message for which room was reserved, unless such messages alone fill the share. Returns it to its pool when not.</summary>
    public bool TryAddReserved(in EncodedMessage message)
    {
        // Only what its own kind holds counts: others may have filled the rest since the room was reserved.
        if (_awaited > _share)
        {
            message.Return();
            return false;
        }

        AddAwaited(message, Math.Min(OutboxMessages.WeightOf(message), _share / 2));
        return true;
    }

    /// <summary>
    /// Adds the answer to a ping, in front of what waits. It counts in no bound: where many wait, the latest takes the place of the one before it
    /// (RFC 6455 §5.5.3).
    /// </summary>
    public void AddPong(in EncodedMessage pong)
    {
        _pongs ??= new List<EncodedMessage>(1);
        if (_pongs.Count < MaxPongs)
        {
            _pongs.Add(pong);
            return;
        }

        _pongs[^1].Return();
        _pongs[^1] = pong;
    }

    /// <summary>Adds the last message, whatever the bounds say.</summary>
    public void AddLast(in EncodedMessage last)
    {
        var weight = OutboxMessages.WeightOf(last);
        _messages.Append(last, weight, isAwaited: false);
        _weight += weight;
    }

    /// <summary>Drops what waits.</summary>
    public void Clear()
    {
        _messages.Clear();
        _pongs?.ForEach(pong => pong.Return());
        _pongs = null;
        _weight = _awaited = _taken = _takenAwaited = 0;
    }

    /// <summary>What was taken before has been written.</summary>
    public void Written()
    {
        _stall.Progressed();
        _weight -= _taken;
        _awaited -= _takenAwaited;
        _taken = _takenAwaited = 0;
    }

    /// <summary>Takes messages to be written: not all of them when much waits.</summary>
    /// <returns>False when nothing waits.</returns>
    public bool TryTake(List<EncodedMessage> into)
    {
        TakePongs(into);
        for (var bytes = 0; bytes < MaxTaken && _messages.TryTake(into, out var entry); bytes += entry.Message.Length)
        {
            _taken += entry.Weight;
            _takenAwaited += entry.IsAwaited ? entry.Weight : 0;
        }

        if (into.Count > 0)
            return true;
        _messages.Trim();
        return false;
    }

    /// <inheritdoc cref="StallClock.Progressed"/>
    public void Progressed() => _stall.Progressed();

    /// <inheritdoc cref="Outbox.StalledSince"/>
    public long StalledSince(long now) => _stall.Since(now, isWriting: _taken > 0);

    // Pongs weigh something only while they are written, so that a client that takes nothing is seen to stall.
    private void TakePongs(List<EncodedMessage> into)
    {
        if (_pongs is not { } pongs)
            return;
        foreach (var pong in pongs)
            _taken += OutboxMessages.WeightOf(pong);
        // As if somebody had waited for them, so that a reply finds the same room beside them.
        _takenAwaited += _taken;
        _weight += _taken;
        _awaited += _taken;
        into.AddRange(pongs);
        _pongs = null;
    }

    // One message always fits beside what its senders waited for, however large: the sizes of messages have limits of their own.
    private readonly bool HasRoom(int growth) => growth == 0 || _weight == _awaited || _weight + growth <= settings.MaxSize;

    // Events have a bound in messages, too, which only their policy looks at.
    private int MakeRoomForEvent(in EncodedMessage coming)
    {
        var dropped = settings.Overflow == OutboxOverflow.KeepLatest ? KeepLatest(coming) : 0;
        while (settings.Overflow == OutboxOverflow.DropOldest && _messages.Events >= settings.MaxMessages && TryDropOldest())
            dropped++;
        return dropped;
    }

    private int MakeRoom(int growth, in EncodedMessage coming)
    {
        var dropped = settings.Overflow == OutboxOverflow.KeepLatest ? KeepLatest(coming) : 0;
        while (settings.Overflow == OutboxOverflow.DropOldest && !HasRoom(growth) && TryDropOldest())
            dropped++;
        return dropped;
    }

    private bool TryDropOldest()
    {
        var weight = _messages.DropOldestEvent();
        _weight -= weight;
        return weight > 0;
    }

    private int KeepLatest(in EncodedMessage coming)
    {
        var (count, weight) = _messages.KeepLatestEvents(coming.IsEvent ? coming.Topic : null);
        _weight -= weight;
        return count;
    }
}
