using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pikku.Akka.Cluster;

/// <summary>Numbers the requests of one life of an actor. Not thread-safe: the actor owns it.</summary>
internal sealed class RequestIds
{
    private readonly long _life = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
    private long _last;

    public RequestId Next() => new(_life, ++_last);
}
