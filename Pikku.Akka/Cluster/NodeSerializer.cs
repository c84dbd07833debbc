using Akka.Actor;
using Akka.Serialization;

namespace Pikku.Akka.Cluster;

/// <summary>Serializes the messages between nodes for the transport, with <see cref="NodeWire"/>.</summary>
internal sealed class NodeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // The header of each message contains its kind. The manifest has no meaning and only has to be the same in all versions.
    private const string AnyMessage = "p";

    public override int Identifier => 4053;

    public override string Manifest(object o) => AnyMessage;

    public override byte[] ToBinary(object obj) => NodeWire.ToBytes(obj);

    public override object FromBinary(byte[] bytes, string manifest) => NodeWire.Read(bytes);
}
