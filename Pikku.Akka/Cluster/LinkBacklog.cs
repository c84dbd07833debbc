namespace Pikku.Akka.Cluster;

/// <summary>
/// What a lane between nodes was given and has not taken yet. Up to a bound a publish is over as soon as this node's subscribers have the
/// event; above it the publisher waits until the lane has taken the event. So the mailbox of the lane holds no more than the bound and
/// what <c>pikku.event-hub.max-pending-publishes</c> lets wait. Safe from any thread.
/// </summary>
/// <param name="bound">In bytes.</param>
internal sealed class LinkBacklog(long bound)
{
    private long _size;

    /// <summary>Bytes that wait.</summary>
    public long Size => Interlocked.Read(ref _size);

    /// <summary>An event is about to be given to the lane.</summary>
    /// <returns>True when the publisher need not wait.</returns>
    public bool Add(int size) => Interlocked.Add(ref _size, size) <= bound;

    /// <summary>The lane has taken an event.</summary>
    public void Remove(int size) => Interlocked.Add(ref _size, -size);
}
