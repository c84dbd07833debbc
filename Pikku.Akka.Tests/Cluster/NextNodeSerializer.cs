using System.Buffers.Binary;
using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Serialization;
using Pikku.Akka.Cluster;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// The serializer of a build that is one minor version ahead: each message and each event has one more member, a mark, and there is one more kind of message.
/// A message without a mark comes from an older node, and its mark has a default value.
/// </summary>
internal sealed class NextNodeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The code of the kind of message that the current build does not support.</summary>
    public const ushort NextKind = 60_000;

    private const byte Mark = 77;
    private const byte NoMark = 0;
    private const int DeliverKind = 10;

    private readonly NodeSerializer _today = new(system);

    /// <summary>The marks that were read, by the name of the actor system.</summary>
    public static ConcurrentDictionary<ActorSystem, ConcurrentDictionary<byte, int>> Marks { get; } = new();

    public override int Identifier => _today.Identifier;

    public override string Manifest(object o) => _today.Manifest(o);

    public override byte[] ToBinary(object obj) => obj is NextMessage ? Message(NextKind, [1, 2, 3, Mark]) : Ahead(_today.ToBinary(obj));

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var mark = WireHeader.VersionOf(bytes).Minor > WireVersion.Current.Minor ? bytes[^1] : NoMark;
        Marks.GetOrAdd(system, _ => new()).AddOrUpdate(mark, 1, (_, count) => count + 1);
        return _today.FromBinary(bytes, manifest);
    }

    /// <summary>The number of messages of the current build, which have no mark, that a system has read.</summary>
    public static int ReadWithoutMark(ActorSystem system) => Marks.GetValueOrDefault(system)?.GetValueOrDefault(NoMark) ?? 0;

    /// <summary>Encodes a message of the current build as the next build does.</summary>
    public static byte[] Ahead(byte[] today)
    {
        var members = WireHeader.Read(today, out var kind).ToArray();
        var events = kind == HubBatch.Kind ? HubBatch.HeaderLength - WireHeader.Length : kind == DeliverKind ? NodeWire.RequestLength : members.Length;
        return Message(kind, [.. members[..events], .. MarkEvents(members[events..]), Mark]);
    }

    private static List<byte> MarkEvents(byte[] events)
    {
        var marked = new List<byte>();
        for (var at = 0; at < events.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(events.AsSpan(at));
            marked.AddRange(BitConverter.GetBytes(length + 1));
            marked.AddRange(events.AsSpan(at + sizeof(int), length));
            marked.Add(Mark);
            at += sizeof(int) + length;
        }

        return marked;
    }

    private static byte[] Message(ushort kind, byte[] members)
    {
        byte[] message = [.. new byte[WireHeader.Length], .. members];
        WireHeader.Write(message, kind);
        message[1]++; // the minor version
        return message;
    }
}
