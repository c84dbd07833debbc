namespace Pikku.Akka.EventHub;

/// <summary>
/// The delivery of events of another node to the outboxes of this node. The lanes of the hub deliver their parts of the events in parallel. The lane that
/// finishes last notifies the transport, which acknowledges the events only then.
/// </summary>
/// <param name="delivered">Called once, from any thread, when all parts are delivered.</param>
internal class HubDelivery(Action<HubDelivery> delivered)
{
    // The count starts at one for the code that distributes the parts. Otherwise a fast lane could complete the delivery before the last part is added.
    private int _parts = 1;

    /// <summary>True when all parts are delivered.</summary>
    public bool IsComplete => Volatile.Read(ref _parts) == 0;

    /// <summary>Adds a part for a lane. Call it before the part is sent to the lane.</summary>
    public void AddPart() => Interlocked.Increment(ref _parts);

    /// <summary>Ends a part that was delivered or that has no receiver. Thread-safe.</summary>
    public void EndPart()
    {
        if (Interlocked.Decrement(ref _parts) == 0)
            delivered(this);
    }
}
