namespace Pikku.Akka.EventHub;

/// <summary>Counts the subscribes that wait in all lanes of a node. Thread-safe.</summary>
/// <param name="max">The maximum number, <c>pikku.history.max-waiting</c>.</param>
internal sealed class WaitingLimit(int max)
{
    private int _count;

    /// <summary>Counts one more; false when there are too many.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= max)
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _count);
}
