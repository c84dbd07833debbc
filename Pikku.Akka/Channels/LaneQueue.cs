using System.Collections.Concurrent;

namespace Pikku.Akka.Channels;

/// <summary>
/// What waits for one lane, bounded. Any thread adds; the stream of the lane takes. Stands outside of the stream, so that a stream which is
/// started again goes on where the old one ended. Unlike a channel of the framework it wakes the stream's actor itself: no task completes
/// in between, and no thread is asked for.
/// </summary>
/// <param name="capacity">How many may wait.</param>
internal sealed class LaneQueue<T>(int capacity)
    where T : class
{
    private readonly ConcurrentQueue<T> _waiting = new();
    private Action _wake = () => { };
    private int _count;
    private int _asleep;

    /// <returns>False when there is no room.</returns>
    public bool TryAdd(T item)
    {
        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _waiting.Enqueue(item);
        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0)
            _wake();
        return true;
    }

    /// <summary>Takes the next. After false, the reader is woken once when there is something again.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item)
    {
        if (TryDequeue(out item))
            return true;
        Interlocked.Exchange(ref _asleep, 1);
        // One that came before the reader was seen asleep woke nobody.
        if (!TryDequeue(out item))
            return false;
        Volatile.Write(ref _asleep, 0);
        return true;
    }

    /// <summary>Names the reader: whoever was it before is not woken any more.</summary>
    /// <param name="wake">Wakes it, from any thread. It may be woken for nothing.</param>
    public void Attach(Action wake)
    {
        _wake = wake;
        Volatile.Write(ref _asleep, 0);
    }

    private bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item)
    {
        if (!_waiting.TryDequeue(out item))
            return false;
        Interlocked.Decrement(ref _count);
        return true;
    }
}
