using Akka.Actor;
using Akka.Serialization;
using Pikku.Akka.Cluster;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The serializer of a build whose major version is another one.</summary>
internal sealed class OtherMajorSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private readonly NodeSerializer _today = new(system);

    public override int Identifier => _today.Identifier;

    public override string Manifest(object o) => _today.Manifest(o);

    // Behind the version nothing is as today's build expects it.
    public override byte[] ToBinary(object obj) => [(byte)(WireVersion.Current.Major + 1), 3, .. _today.ToBinary(obj).Reverse()];

    public override object FromBinary(byte[] bytes, string manifest) => new UnreadableMessage(WireHeader.VersionOf(bytes), null);
}
