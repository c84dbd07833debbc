using Akka.Actor;
using Akka.Serialization;
using Pikku.Akka.Cluster;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The serializer of a build with another major version.</summary>
internal sealed class OtherMajorSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private readonly NodeSerializer _today = new(system);

    public override int Identifier => _today.Identifier;

    public override string Manifest(object o) => _today.Manifest(o);

    // Everything after the version differs from the format of the current build.
    public override byte[] ToBinary(object obj) => [(byte)(WireVersion.Current.Major + 1), 3, .. _today.ToBinary(obj).Reverse()];

    public override object FromBinary(byte[] bytes, string manifest) => new UnreadableMessage(WireHeader.VersionOf(bytes), null);
}
