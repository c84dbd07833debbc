namespace Pikku.Akka.Cluster;

/// <summary>The version of the messages between nodes. The first two bytes of every message of every version contain it.</summary>
/// <param name="Major">Nodes of different major versions do not understand each other.</param>
/// <param name="Minor">A later minor version only adds members at the end of messages, and new kinds of messages.</param>
internal readonly record struct WireVersion(byte Major, byte Minor)
{
    /// <summary>
    /// The version that this build writes. <c>docs/node-wire.md</c> describes when to change it. The tests keep the bytes of each released version.
    /// </summary>
    public static WireVersion Current { get; } = new(1, 0);

    public override string ToString() => $"{Major}.{Minor}";
}
