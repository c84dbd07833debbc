using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// The decisions of an outbox: whether there is room for a message, which events are dropped to make room, which messages are written next, and the total
/// weight. It has no locks, threads or clocks; <see cref="Outbox"/> calls it under its lock.
/// </summary>
/// <remarks>
/// The weight of a message is the memory that it uses until it has been written. Messages of senders that wait for room, and answers to pings, are also counted
/// separately (<c>_awaited</c>). Waiting senders fill at most half of the outbox, which leaves the other half for replies and events, which cannot wait.
/// <para>It is a mutable struct because a fan-out accesses every outbox of the node, and each additional object costs a cache miss.</para>
/// </remarks>
internal struct OutboxState(OutboxSettings settings)
{
    private const int MaxTaken = 64 * 1024; // bytes that the transport holds at a time; messages that stay in the outbox can still be dropped

    private const int MaxPongs = 16; // a client that measures latency may send several pings at once and expects an answer to each

    private readonly int _share = settings.MaxSize / 2; // the bytes that senders that wait for room may fill
    private OutboxMessages _messages;
    private List<EncodedMessage>? _pongs;
    private StallClock _stall;
    private int _weight; // of all messages that wait or are being written
    private int _awaited; // the part of _weight whose senders waited for room
    private int _taken; // the part of _weight that is being written
    private int _takenAwaited; // the part of _awaited that is being written
    private bool _reserved;

    /// <summary>The weight of all messages that wait or are being written.</summary>
    public readonly int Weight => _weight;

    /// <summary>The number of messages that wait; the messages of a pack count as one.</summary>
    public readonly int Count => _messages.Count;

    /// <summary>The number of senders that may wait for room.</summary>
    public readonly int MaxWaiting => settings.MaxWaiting;

    /// <summary>True when a reservation may be granted. There is one at a time, and its message will count at most half of the share.</summary>
    public readonly bool HasRoomToReserve => !_reserved && (_weight == 0 || _weight < _share / 2);

    /// <summary>Adds a message if there is room or the overflow policy can make room. Otherwise returns the buffer of the message to the pool.</summary>
    /// <param name="message">The message.</param>
    /// <param name="dropped">The number of events that were dropped to make room.</param>
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

    /// <summary>Holds room for a unit of messages, so that all of them are taken or none.</summary>
    public bool TryHold(int weight)
    {
        if (!HasRoom(weight))
            return false;
        _weight += weight;
        return true;
    }

    /// <summary>Gives up the room for a unit.</summary>
    public void ReleaseHold(int weight) => _weight -= weight;

    /// <summary>Adds a message of a unit.</summary>
    public void AddHeld(in EncodedMessage message)
    {
        var weight = OutboxMessages.WeightOf(message);
        _messages.Append(message, weight, isAwaited: false);
        _weight += weight;
    }

    /// <summary>
    /// The weight of a message whose sender waits for room. It is limited to the share, so that a message that is larger than the share can still be added alone, and
    /// others find room beside it.
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

    /// <summary>Grants the reservation to a sender.</summary>
    public void Reserve() => _reserved = true;

    /// <summary>Ends the reservation.</summary>
    public void Release() => _reserved = false;

    /// <summary>Adds a message for which room was reserved, unless such messages alone exceed the share. Otherwise returns its buffer to the pool.</summary>
    public bool TryAddReserved(in EncodedMessage message)
    {
        // Only awaited messages are counted, because other messages may have filled the rest since the room was reserved.
        if (_awaited > _share)
        {
            message.Return();
            return false;
        }

        AddAwaited(message, Math.Min(OutboxMessages.WeightOf(message), _share / 2));
        return true;
    }

    /// <summary>
    /// Adds the answer to a ping, before the waiting messages. Pongs are not limited by size. When many wait, the newest pong replaces the previous one
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

    /// <summary>Adds the last message regardless of the limits.</summary>
    public void AddLast(in EncodedMessage last)
    {
        var weight = OutboxMessages.WeightOf(last);
        _messages.Append(last, weight, isAwaited: false);
        _weight += weight;
    }

    /// <summary>Drops all waiting messages.</summary>
    public void Clear()
    {
        _messages.Clear();
        _pongs?.ForEach(pong => pong.Return());
        _pongs = null;
        _weight = _awaited = _taken = _takenAwaited = 0;
    }

    /// <summary>Removes the weight of the messages that were taken before, because they have been written.</summary>
    public void OnWritten()
    {
        _stall.ReportProgress();
        _weight -= _taken;
        _awaited -= _takenAwaited;
        _taken = _takenAwaited = 0;
    }

    /// <summary>Takes messages to write, up to a limited number of bytes.</summary>
    /// <returns>False when no message waits.</returns>
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

    /// <inheritdoc cref="StallClock.ReportProgress"/>
    public void ReportProgress() => _stall.ReportProgress();

    /// <inheritdoc cref="Outbox.StalledSince"/>
    public long StalledSince(long now) => _stall.Since(now, isWriting: _taken > 0);

    // Pongs are counted only while they are written, so that a client that reads nothing is detected as stalled.
    private void TakePongs(List<EncodedMessage> into)
    {
        if (_pongs is not { } pongs)
            return;
        foreach (var pong in pongs)
            _taken += OutboxMessages.WeightOf(pong);
        // Pongs count as awaited messages, so that they do not reduce the room for replies.
        _takenAwaited += _taken;
        _weight += _taken;
        _awaited += _taken;
        into.AddRange(pongs);
        _pongs = null;
    }

    // One message of any size always fits beside the awaited messages, because message sizes have their own limits.
    private readonly bool HasRoom(int growth) => growth == 0 || _weight == _awaited || _weight + growth <= settings.MaxSize;

    // Events also have a limit in messages. Only the overflow policies apply it.
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
