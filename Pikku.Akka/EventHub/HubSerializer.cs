using System.Buffers.Binary;
using Akka.Actor;
using Akka.Serialization;

namespace Pikku.Akka.EventHub;

/// <summary>Batches of the hub as bytes, which they are already, and what acknowledges them.</summary>
internal sealed class HubSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string Batch = "b";
    private const string Ack = "a";
    private const int AckLength = sizeof(int) + 2 * sizeof(long);

    public override int Identifier => 4053;

    public override string Manifest(object o) => o switch
    {
        HubBatch => Batch,
        HubAck => Ack,
        _ => throw Unknown(o.GetType().ToString()),
    };

    public override byte[] ToBinary(object obj)
    {
        switch (obj)
        {
            case HubBatch batch:
                return batch.Bytes;
            case HubAck ack:
                var bytes = new byte[AckLength];
                BinaryPrimitives.WriteInt32LittleEndian(bytes, ack.Node);
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(int)), ack.Incarnation);
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(int) + sizeof(long)), ack.Next);
                return bytes;
            default:
                throw Unknown(obj.GetType().ToString());
        }
    }

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        Batch when bytes.Length >= HubBatch.HeaderLength => new HubBatch(bytes),
        Ack when bytes.Length == AckLength => new HubAck(
            BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(sizeof(int))),
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(sizeof(int) + sizeof(long)))),
        _ => throw Unknown(manifest),
    };

    private static ArgumentException Unknown(string what) => new($"The hub sends no {what}.");
}
