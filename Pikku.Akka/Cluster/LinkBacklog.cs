namespace Pikku.Akka.Cluster;

/// <summary>
/// The bytes that wait in the mailbox of a lane between nodes. Up to the limit a publish completes as soon as the subscribers of this node have the event. Above
/// the limit the publisher waits until the lane has accepted the event. The mailbox therefore holds at most the limit plus the publishes that
/// <c>pikku.event-hub.max-pending-publishes</c> allows to wait. Thread-safe.
/// </summary>
/// <param name="bound">The limit in bytes.</param>
internal sealed class LinkBacklog(long bound)
{
    private long _size;

    /// <summary>Adds an event that is about to be sent to the lane.</summary>
    /// <returns>False when the publisher has to wait.</returns>
    public bool Add(int size) => Interlocked.Add(ref _size, size) <= bound;

    /// <summary>Removes an event that the lane has accepted.</summary>
    public void Remove(int size) => Interlocked.Add(ref _size, -size);
}
