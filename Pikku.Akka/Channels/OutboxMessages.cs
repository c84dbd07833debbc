using System.Buffers.Binary;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// The messages of one outbox in their order. Events have a queue of their own, so that dropping the oldest event looks at no other message.
/// When many small messages wait, they are packed into larger arrays, in which each takes little more than its bytes. For one thread at a time.
/// </summary>
internal struct OutboxMessages
{
    /// <summary>Bytes that each message weighs beside its payload: its entry here, in a queue that doubles its room as it grows.</summary>
    public const int EntryWeight = 64;

    private const int PackAbove = 64; // messages; those of a usual burst are not copied here, because the transport copies them anyway
    private const int PackSize = 16 * 1024; // bytes
    private const int PackWeight = PackSize + EntryWeight;
    private const int MaxPacked = PackSize / 4; // bytes of a payload; a larger message would leave much of a pack unused
    private const int PackHeader = 1 + sizeof(ushort); // in front of each message in a pack: kind and length
    private const int UsualCapacity = 16; // messages; more room than this is given back when nothing waits

    private Queue<Entry>? _plain;
    private Queue<Entry>? _events;
    private byte[]? _pack; // the pack that is being filled; stands behind everything in the queues
    private int _packed;
    private long _numbers;

    /// <summary>How many events wait.</summary>
    public readonly int Events => _events?.Count ?? 0;

    public readonly bool IsEmpty => _pack is null && (_plain?.Count ?? 0) + Events == 0;

    /// <summary>
    /// What a message takes of memory: its payload, and for a pooled one also the rest of an array of the usual size. That the pool's large arrays
    /// may be twice as large as what stands in them does not count: limits of sizes are set by the sizes of messages.
    /// </summary>
    public static int WeightOf(in EncodedMessage message) =>
        EntryWeight + (message.Pooled ? Math.Min(message.Array.Length, message.Length + MessageBuffers.UsualSize) : message.Length);

    /// <summary>What memory grows by when the message is added now.</summary>
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

    /// <summary>Adds a message as it is.</summary>
    /// <param name="message">The message.</param>
    /// <param name="weight">What it counts for.</param>
    /// <param name="isAwaited">True when its sender waited for room.</param>
    public void Append(in EncodedMessage message, int weight, bool isAwaited)
    {
        SealPack();
        var queue = message.IsEvent ? _events ??= new Queue<Entry>(4) : _plain ??= new Queue<Entry>(4);
        queue.Enqueue(new Entry(message, weight, isAwaited, IsPack: false, _numbers++));
    }

    /// <summary>Takes the next message, or all messages of the next pack.</summary>
    /// <param name="into">Gets them, in order. Each is returned once by whoever takes them, after all of them have been used.</param>
    /// <param name="entry">What they count for together.</param>
    /// <returns>False when nothing waits.</returns>
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

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        while (TryDequeue(out var entry))
            entry.Message.Return();
        Trim();
    }

    /// <summary>Drops the oldest event.</summary>
    /// <returns>What it weighed; 0 when none waits.</returns>
    public readonly int DropOldestEvent()
    {
        if (_events?.TryDequeue(out var entry) != true)
            return 0;
        entry.Message.Return();
        return entry.Weight;
    }

    /// <summary>Drops every event that is not the newest of its topic.</summary>
    /// <param name="coming">A topic of which a newer event is about to be added; null for none.</param>
    /// <returns>How many, and what they weighed.</returns>
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

    /// <summary>Gives back the room that many messages took. To be called when nothing waits.</summary>
    public void Trim()
    {
        if (_plain?.EnsureCapacity(0) > UsualCapacity)
            _plain = null;
        if (_events?.EnsureCapacity(0) > UsualCapacity)
            _events = null;
    }

    // The messages stay where they are, as slices of the pack. The last one stands for the array: whoever returns it returns the pack.
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

    // Only messages that nobody else has, and that no policy may want to drop alone.
    private readonly bool MayPack(in EncodedMessage message) =>
        _plain?.Count >= PackAbove && message is { Pooled: true, IsEvent: false, Length: < MaxPacked };

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
    /// <param name="Weight">What it counts for.</param>
    /// <param name="IsAwaited">True when its sender waited for room.</param>
    /// <param name="IsPack">True when many messages were packed into this one.</param>
    /// <param name="Number">Its place in the order of both queues.</param>
    public readonly record struct Entry(EncodedMessage Message, int Weight, bool IsAwaited, bool IsPack, long Number);
}
