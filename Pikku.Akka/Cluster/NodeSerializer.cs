using Akka.Actor;
using Akka.Serialization;

namespace Pikku.Akka.Cluster;

/// <summary>Hands to the transport what <see cref="NodeEncoder"/> has encoded: the request, then the message. Reads it by <see cref="NodeWire"/>.</summary>
internal sealed class NodeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4054;

    public override string Manifest(object o) => FrameOf(o).Manifest;

    public override byte[] ToBinary(object obj)
    {
        var frame = FrameOf(obj);
        using var stream = new MemoryStream(frame.Body.Length + 2 * sizeof(long));
        using var output = new BinaryWriter(stream);
        output.Write(frame.Request.Life);
        output.Write(frame.Request.Number);
        output.Write(frame.Body);
        output.Flush();
        return stream.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        using var input = new BinaryReader(new MemoryStream(bytes, writable: false));
        var request = new RequestId(input.ReadInt64(), input.ReadInt64());
        return NodeWire.Read(input, manifest) with { Request = request };
    }

    private static NodeFrame FrameOf(object o) =>
        o as NodeFrame ?? throw new ArgumentException($"Nodes tell each other no {o.GetType()}.", nameof(o));
}
