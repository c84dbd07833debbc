using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Cluster;

/// <summary>The formats of the messages between the lanes of two nodes. <see cref="NodeWire"/> has the table of all messages.</summary>
internal static class LaneWire
{
    private static readonly string[] s_frame = ["lane u8", "sender i32"];

    /// <summary>The kinds.</summary>
    public static IReadOnlyList<WireKind> Kinds { get; } =
    [
        Frame<LaneMessage.Beat>(2, "beat", Write, ReadBeat, "isReady bool", "hearsReceiver bool", "digest digest"),
        Frame<LaneMessage.Acknowledge>(3, "acknowledgement", (o, m) => o.Int64(m.Next), (ref i) => new(i.Int64()), "next i64"),
        Frame<LaneMessage.Ask>(4, "ask", (o, m) => { o.Int32(m.Node); o.Int64(m.First); }, (ref i) => new(i.Int32(), i.Int64()), "node i32", "first i64"),
        Frame<LaneMessage.Unavailable>(5, "unavailable", (o, m) => { o.Int32(m.Node); o.Int64(m.First); }, (ref i) => new(i.Int32(), i.Int64()),
            "node i32", "first i64"),
        Frame<LaneMessage.Pull>(6, "pull", (o, m) => { o.Int64(m.Copy); o.Number(m.Index); }, (ref i) => new(i.Int64(), i.Number()), "copy i64", "index number"),
        Frame<LaneMessage.CopyHead>(7, "copy-head", Write, ReadHead, "copy i64", "history i64", "cut digest", "closed i32*"),
        Frame<LaneMessage.CopyChunk>(8, "copy-chunk", Write, ReadChunk,
            "copy i64", "index number", "isLast bool",
            "topics topic*"),
        Frame<LaneMessage.MayFound>(9, "may-found", (_, _) => { }, (ref _) => LaneMessage.MayFound.Instance),
        Frame<LaneMessage.Promise>(35, "promise", (_, _) => { }, (ref _) => LaneMessage.Promise.Instance),
    ];

    /// <summary>Writes a stamp.</summary>
    public static void Write(WireWriter output, Stamp stamp)
    {
        output.Int64(stamp.Time);
        Write(output, stamp.Origin);
        output.Byte(stamp.Removal);
    }

    /// <summary>Reads a stamp.</summary>
    public static Stamp ReadStamp(ref WireReader input) => new(input.Int64(), ReadOrigin(ref input), input.Byte());

    /// <summary>Writes the value and the owner of an entry; null for a removal, and for no owner.</summary>
    public static void WriteValue(WireWriter output, byte[]? value, int? owner)
    {
        output.Bool(value is not null);
        if (value is not null)
            output.Bytes(value);
        output.Bool(owner is not null);
        if (owner is { } node)
            output.Int32(node);
    }

    /// <summary>Reads the value and the owner of an entry.</summary>
    public static (byte[]? Value, int? Owner) ReadValue(ref WireReader input)
    {
        var value = input.Bool() ? input.Bytes().ToArray() : null;
        return (value, input.Bool() ? input.Int32() : null);
    }

    private static WireKind<LaneFrame<T>> Frame<T>(ushort code, string name, Action<WireWriter, T> write, ReadMembers<T> read, params string[] members)
        where T : LaneMessage =>
        new(code, name,
            (output, frame) =>
            {
                output.Byte((byte)frame.Lane);
                output.Int32(frame.Sender);
                write(output, frame.Message);
            },
            (ref input) => new LaneFrame<T>(input.Byte(), input.Int32(), read(ref input)),
            [.. s_frame, .. members]);

    private static void Write(WireWriter output, Origin origin) => output.Int64(unchecked((long)origin.Value));

    private static Origin ReadOrigin(ref WireReader input) => new(unchecked((ulong)input.Int64()));

    private static void Write(WireWriter output, LaneMessage.Beat beat)
    {
        output.Bool(beat.IsReady);
        output.Bool(beat.HearsReceiver);
        Write(output, beat.Digest);
    }

    private static LaneMessage.Beat ReadBeat(ref WireReader input) => new(input.Bool(), input.Bool(), ReadDigest(ref input));

    private static void Write(WireWriter output, LaneMessage.CopyHead head)
    {
        output.Int64(head.Copy);
        Write(output, head.History);
        Write(output, head.Cut);
        output.Number(head.Closed.Count);
        foreach (var node in head.Closed)
            output.Int32(node);
    }

    private static LaneMessage.CopyHead ReadHead(ref WireReader input)
    {
        var (copy, history, cut) = (input.Int64(), ReadOrigin(ref input), ReadDigest(ref input));
        var closed = new int[Count(ref input, sizeof(int))];
        for (var i = 0; i < closed.Length; i++)
            closed[i] = input.Int32();
        return new LaneMessage.CopyHead(copy, history, cut, closed);
    }

    private static void Write(WireWriter output, IReadOnlyList<(int Node, long Next)> digest)
    {
        output.Number(digest.Count);
        foreach (var (node, next) in digest)
        {
            output.Int32(node);
            output.Int64(next);
        }
    }

    private static (int Node, long Next)[] ReadDigest(ref WireReader input)
    {
        var digest = new (int, long)[Count(ref input, sizeof(int) + sizeof(long))];
        for (var i = 0; i < digest.Length; i++)
            digest[i] = (input.Int32(), input.Int64());
        return digest;
    }

    private static void Write(WireWriter output, LaneMessage.CopyChunk chunk)
    {
        output.Int64(chunk.Copy);
        output.Number(chunk.Index);
        output.Bool(chunk.IsLast);
        output.Number(chunk.Topics.Count);
        foreach (var topic in chunk.Topics)
            Write(output, topic);
    }

    private static void Write(WireWriter output, TopicPicture topic)
    {
        output.Text(topic.Name);
        output.Int64(topic.RememberedFor);
        output.Number(topic.Numbers.Count);
        foreach (var numbers in topic.Numbers)
        {
            Write(output, numbers.Origin);
            output.Int64(numbers.Max);
            output.Int64(numbers.Base);
            output.Int64(numbers.Floor);
            output.Int64(numbers.Idle);
        }

        output.Number(topic.Events.Count);
        foreach (var (content, age) in topic.Events)
        {
            Write(output, content.Origin);
            output.Int64(age);
            EventWire.Write(output, (HubEvent)content);
        }

        output.Number(topic.Entries.Count);
        foreach (var (key, entry) in topic.Entries)
        {
            output.Text(key);
            Write(output, entry.Stamp);
            Write(output, entry.Base);
            output.Int64(entry.Time);
            WriteValue(output, entry.Value, entry.Owner);
        }
    }

    private static LaneMessage.CopyChunk ReadChunk(ref WireReader input)
    {
        var (copy, index, isLast) = (input.Int64(), input.Number(), input.Bool());
        var topics = new TopicPicture[Count(ref input, sizeof(long))];
        for (var i = 0; i < topics.Length; i++)
            topics[i] = ReadTopic(ref input);
        return new LaneMessage.CopyChunk(copy, index, isLast, topics);
    }

    private static TopicPicture ReadTopic(ref WireReader input)
    {
        var (name, rememberedFor) = (input.Text(), input.Int64());
        var numbers = new NumbersPicture[Count(ref input, 5 * sizeof(long))];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = new NumbersPicture(ReadOrigin(ref input), input.Int64(), input.Int64(), input.Int64(), input.Int64());
        var events = new (ReplicatedEvent, long)[Count(ref input, 2 * sizeof(long))];
        for (var i = 0; i < events.Length; i++)
        {
            var (origin, age) = (ReadOrigin(ref input), input.Int64());
            events[i] = (EventWire.Read(ref input, origin, name), age);
        }

        var entries = new (string, KeyedEntry)[Count(ref input, sizeof(long))];
        for (var i = 0; i < entries.Length; i++)
        {
            var (key, stamp, knows, age) = (input.Text(), ReadStamp(ref input), ReadStamp(ref input), input.Int64());
            var (value, owner) = ReadValue(ref input);
            entries[i] = (key, new KeyedEntry(stamp, value, owner, age) { Base = knows });
        }

        return new TopicPicture(name, rememberedFor, numbers, events, entries);
    }

    // The check prevents a false count from allocating memory.
    private static int Count(ref WireReader input, int smallest)
    {
        var count = input.Number();
        return count <= input.Left / smallest ? count : throw new InvalidDataException("A count is beyond the end of the message.");
    }
}
