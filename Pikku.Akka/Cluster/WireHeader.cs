using System.Buffers.Binary;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The header of every message between nodes: major version (1 byte), minor version (1), kind (2), length of the members that follow (4); little
/// endian. The length makes a message self-delimiting, so that a reader can skip members that it does not know.
/// </summary>
internal static class WireHeader
{
    public const int Length = 8;

    private const int MinorAt = 1;
    private const int KindAt = 2;
    private const int LengthAt = 4;

    /// <summary>Writes the header of this build's version in front of the members of a message.</summary>
    public static void Write(Span<byte> message, ushort kind)
    {
        message[0] = WireVersion.Current.Major;
        message[MinorAt] = WireVersion.Current.Minor;
        BinaryPrimitives.WriteUInt16LittleEndian(message[KindAt..], kind);
        BinaryPrimitives.WriteInt32LittleEndian(message[LengthAt..], message.Length - Length);
    }

    /// <summary>Reads the version, which has the same position in all versions.</summary>
    /// <exception cref="InvalidDataException">The message is too short.</exception>
    public static WireVersion VersionOf(ReadOnlySpan<byte> message) =>
        message.Length > MinorAt ? new WireVersion(message[0], message[MinorAt]) : throw CutOff();

    /// <summary>Reads the kind of a message of this major version, and returns its members.</summary>
    /// <exception cref="InvalidDataException">The message is truncated.</exception>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> message, out ushort kind)
    {
        if (message.Length < Length)
            throw CutOff();
        kind = BinaryPrimitives.ReadUInt16LittleEndian(message[KindAt..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(message[LengthAt..]);
        return length >= 0 && length <= message.Length - Length ? message.Slice(Length, length) : throw CutOff();
    }

    private static InvalidDataException CutOff() => new("A message of another node is truncated.");
}
