using System.Collections.Concurrent;

namespace Pikku.Akka.Channels;

/// <summary>
/// The bounded queue of one lane. Any thread adds items; the stream of the lane takes them. The queue is not part of the stream, so a restarted stream
/// continues where the old one ended. Unlike a <c>System.Threading.Channels</c> channel, it wakes the actor of the stream directly, without completing a task
/// or queuing work to the thread pool in between.
/// </summary>
/// <param name="capacity">The maximum number of waiting items.</param>
internal sealed class LaneQueue<T>(int capacity)
    where T : class
{
    private readonly ConcurrentQueue<T> _waiting = new();
    private Action _wake = () => { };
    private int _count;
    private int _asleep;

    /// <summary>Adds an item and wakes the reader if it sleeps.</summary>
    /// <returns>False when the queue is full.</returns>
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

    /// <summary>Takes the next item. After a return value of false, the reader is woken once when an item is added.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item)
    {
        if (TryDequeue(out item))
            return true;
        Interlocked.Exchange(ref _asleep, 1);
        // An item that was added before _asleep was set has not woken the reader, so check again.
        if (!TryDequeue(out item))
            return false;
        Volatile.Write(ref _asleep, 0);
        return true;
    }

    /// <summary>Sets the reader. The previous reader is not woken any more.</summary>
    /// <param name="wake">Wakes the reader; called from any thread. The reader must tolerate being woken when the queue is empty.</param>
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
