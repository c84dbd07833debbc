using Akka.Actor;
using Akka.Serialization;

namespace Pikku.Akka.Cluster;

/// <summary>Gives the transport the bytes of what nodes send each other, and reads them by <see cref="NodeWire"/>.</summary>
internal sealed class NodeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // Each message says in its header what it is. The manifest only has to be the same in all versions.
    private const string AnyMessage = "p";

    public override int Identifier => 4053;

    public override string Manifest(object o) => AnyMessage;

    public override byte[] ToBinary(object obj) => NodeWire.ToBytes(obj);

    public override object FromBinary(byte[] bytes, string manifest) => NodeWire.Read(bytes);
}
