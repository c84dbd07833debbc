namespace Pikku.Akka.Replication;

/// <summary>
/// The lanes of the hub. Their number and the hash that selects them are parts of the protocol between nodes: an event goes to the same lane of every node, which
/// numbers, orders and repairs it there. They are therefore neither settings nor derived from the number of processors.
/// </summary>
internal static class Lanes
{
    /// <summary>The number of lanes of every node. Eight lanes process more than one network card delivers.</summary>
    public const int Count = 8;

    /// <summary>The lane of a topic, or of a user or a connection to which a message goes.</summary>
    public static int Of(string topic)
    {
        var hash = StableHash.Of(topic);
        return (int)((uint)(hash ^ (hash >> 32)) % Count);
    }
}
