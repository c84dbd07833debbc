using System.Buffers.Binary;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// The messages of one outbox in order. Events have a separate queue, so that dropping the oldest event does not scan other messages. When many small
/// messages wait, they are packed into larger arrays, in which each uses little more than its own bytes. Not thread-safe.
/// </summary>
internal struct OutboxMessages
{
    /// <summary>The bytes that each message counts beside its payload, for its entry in a queue that doubles its capacity as it grows.</summary>
    public const int EntryWeight = 64;

    private const int PackAbove = 64; // messages; a typical burst stays below, because the transport copies its messages anyway
    private const int PackSize = 16 * 1024; // bytes
    private const int PackWeight = PackSize + EntryWeight;
    private const int MaxPacked = PackSize / 4; // bytes of a payload; larger messages would leave too much of a pack unused
    private const int PackHeader = 1 + sizeof(ushort); // kind and length before each message in a pack
    private const int UsualCapacity = 16; // messages; queues with more capacity are released when the outbox is empty

    private Queue<Entry>? _plain;
    private Queue<Entry>? _events;
    private byte[]? _pack; // the pack that is being filled; comes after all entries of the queues
    private int _packed;
    private long _numbers;

    /// <summary>The number of waiting events.</summary>
    public readonly int Events => _events?.Count ?? 0;

    /// <summary>The number of waiting messages; the messages of a pack count as one.</summary>
    public readonly int Count => (_plain?.Count ?? 0) + Events + (_pack is null ? 0 : 1);

    public readonly bool IsEmpty => _pack is null && (_plain?.Count ?? 0) + Events == 0;

    /// <summary>
    /// The memory that a message counts: its payload and, for a pooled message, the unused rest of an array of the usual size. The pool's larger arrays may be up to
    /// twice as large as their content; that rest is not counted, because users set size limits by the sizes of messages.
    /// </summary>
    public static int WeightOf(in EncodedMessage message) =>
        EntryWeight + (message.Pooled ? Math.Min(message.Array.Length, message.Length + MessageBuffers.UsualSize) : message.Length);

    /// <summary>The growth of memory if the message is added now.</summary>
    public readonly int GrowthBy(in EncodedMessage message) =>
        !MayPack(message) ? WeightOf(message) : FitsInPack(message) ? 0 : PackWeight;

    /// <summary>Adds a message that may be packed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="weight">Its <see cref="GrowthBy"/>.</param>
    public void Add(in EncodedMessage message, int weight)
    {
        if (!MayPack(message))
        {
            Append(message, weight, isAwaited: false);
            return;
        }

        if (!FitsInPack(message))
        {
            SealPack();
            _pack = MessageBuffers.Rent(PackSize);
        }

        var place = _pack.AsSpan(_packed);
        place[0] = (byte)message.Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(place[1..], (ushort)message.Length);
        message.Span.CopyTo(place[PackHeader..]);
        _packed += PackHeader + message.Length;
        message.Return();
    }

    /// <summary>Adds a message without packing it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="weight">The bytes that it counts.</param>
    /// <param name="isAwaited">True when its sender waited for room.</param>
    public void Append(in EncodedMessage message, int weight, bool isAwaited)
    {
        SealPack();
        var queue = message.IsEvent ? _events ??= new Queue<Entry>(4) : _plain ??= new Queue<Entry>(4);
        queue.Enqueue(new Entry(message, weight, isAwaited, IsPack: false, _numbers++));
    }

    /// <summary>Takes the next message, or all messages of the next pack.</summary>
    /// <param name="into">Receives the messages, in order. The caller returns each of them once, after all of them have been used.</param>
    /// <param name="entry">The entry, with the weight of all of these messages.</param>
    /// <returns>False when no message waits.</returns>
    public bool TryTake(List<EncodedMessage> into, out Entry entry)
    {
        if (!TryDequeue(out entry))
            return false;
        if (entry.IsPack)
            Unpack(entry.Message, into);
        else
            into.Add(entry.Message);
        return true;
    }

    /// <summary>Drops all messages.</summary>
    public void Clear()
    {
        while (TryDequeue(out var entry))
            entry.Message.Return();
        Trim();
    }

    /// <summary>Drops the oldest event.</summary>
    /// <returns>Its weight; 0 when no event waits.</returns>
    public readonly int DropOldestEvent()
    {
        if (_events?.TryDequeue(out var entry) != true)
            return 0;
        entry.Message.Return();
        return entry.Weight;
    }

    /// <summary>Drops every event that is not the newest of its topic.</summary>
    /// <param name="coming">The topic of a newer event that is about to be added; null for none.</param>
    /// <returns>The number of dropped events and their total weight.</returns>
    public readonly (int Count, int Weight) KeepLatestEvents(string? coming)
    {
        if (_events is null)
            return default;
        var latest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var entry in _events)
            latest[entry.Message.Topic ?? ""] = entry.Number;
        if (coming is not null)
            latest[coming] = _numbers;

        var (count, weight) = (0, 0);
        // Each event is dequeued once and enqueued again if it stays, which keeps their order.
        for (var turns = _events.Count; turns > 0; turns--)
        {
            var entry = _events.Dequeue();
            if (latest[entry.Message.Topic ?? ""] == entry.Number)
            {
                _events.Enqueue(entry);
                continue;
            }

            count++;
            weight += entry.Weight;
            entry.Message.Return();
        }

        return (count, weight);
    }

    /// <summary>Releases the capacity that many messages needed. Must be called only when no message waits.</summary>
    public void Trim()
    {
        if (_plain?.EnsureCapacity(0) > UsualCapacity)
            _plain = null;
        if (_events?.EnsureCapacity(0) > UsualCapacity)
            _events = null;
    }

    // The messages are slices of the pack and are not copied. Only the last one owns the array: returning it returns the pack to the pool.
    private static void Unpack(in EncodedMessage pack, List<EncodedMessage> into)
    {
        for (int at = pack.Offset, end = pack.Offset + pack.Length; at < end;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(pack.Array.AsSpan(at + 1));
            var payload = at + PackHeader;
            into.Add(new EncodedMessage(pack.Array, payload, length, (MessageKind)pack.Array[at]) { Pooled = payload + length == end });
            at = payload + length;
        }
    }

    private bool TryDequeue(out Entry entry)
    {
        if (_plain is { Count: > 0 } plain && (Events == 0 || plain.Peek().Number < _events!.Peek().Number))
            return plain.TryDequeue(out entry);
        if (Events > 0)
            return _events!.TryDequeue(out entry);
        entry = default;
        if (_pack is null)
            return false;
        SealPack();
        return _plain!.TryDequeue(out entry);
    }

    // Only messages whose buffer is not shared, of which transports need nothing but the bytes, and that no overflow policy may drop individually.
    private readonly bool MayPack(in EncodedMessage message) =>
        _plain?.Count >= PackAbove && message is { Pooled: true, IsEvent: false, Position: PositionPart.None, Length: < MaxPacked };

    private readonly bool FitsInPack(in EncodedMessage message) => _pack is not null && _packed + PackHeader + message.Length <= PackSize;

    private void SealPack()
    {
        if (_pack is not { } pack)
            return;
        var packed = new EncodedMessage(pack, 0, _packed, default) { Pooled = true };
        _pack = null;
        _packed = 0;
        _plain!.Enqueue(new Entry(packed, PackWeight, IsAwaited: false, IsPack: true, _numbers++));
    }

    /// <param name="Message">One message, or the bytes of a pack.</param>
    /// <param name="Weight">The bytes that it counts.</param>
    /// <param name="IsAwaited">True when its sender waited for room.</param>
    /// <param name="IsPack">True when many messages were packed into this one.</param>
    /// <param name="Number">Its position in the common order of both queues.</param>
    public readonly record struct Entry(EncodedMessage Message, int Weight, bool IsAwaited, bool IsPack, long Number);
}
