namespace Pikku.Akka.Cluster;

/// <summary>
/// How much is on its way to another node that has not taken it. The transport keeps whatever it is given, so that a node which does not read would
/// fill the memory of those that send to it. Safe from any thread.
/// </summary>
/// <param name="max"><c>pikku.cluster.max-unacknowledged</c>, in bytes.</param>
internal sealed class NodeWindow(long max)
{
    private long _sent;
    private long _taken;

    /// <summary>What is on its way, in bytes.</summary>
    public long UnderWay => Math.Max(0, Volatile.Read(ref _sent) - Volatile.Read(ref _taken));

    /// <summary>Takes room for a message; false when there is none. A single message always has room.</summary>
    public bool TryTake(int size)
    {
        var before = UnderWay;
        if (before > 0 && before + size > max)
            return false;
        Interlocked.Add(ref _sent, size);
        return true;
    }

    /// <summary>The node has taken so many bytes in all.</summary>
    public void Taken(long total) => Volatile.Write(ref _taken, total);
}
