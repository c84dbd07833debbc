namespace Pikku.Akka.EventHub;

/// <summary>
/// Events of another node on their way to the outboxes of this one. The lanes of the hub deliver their parts of them in parallel; whichever
/// is the last one tells the transport, which acknowledges the events only then.
/// </summary>
/// <param name="delivered">Called once, from any thread, when no part is left.</param>
internal class HubDelivery(Action<HubDelivery> delivered)
{
    // One for whoever hands the parts out, so that the delivery is not complete before the last part is known.
    private int _parts = 1;

    /// <summary>True when no part is left.</summary>
    public bool IsComplete => Volatile.Read(ref _parts) == 0;

    /// <summary>One more lane gets a part. Called before it is told.</summary>
    public void AddPart() => Interlocked.Increment(ref _parts);

    /// <summary>A part was delivered, or there is nobody to deliver it to. From any thread.</summary>
    public void EndPart()
    {
        if (Interlocked.Decrement(ref _parts) == 0)
            delivered(this);
    }
}
