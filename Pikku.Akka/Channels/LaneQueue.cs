using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Akka.Streams;
using Akka.Streams.Stage;

namespace Pikku.Akka.Channels;

/// <summary>
/// The bounded queue of one lane, and the source of the lane's stream. Any thread adds items; the stream takes them, and waits while the queue is empty. The
/// items belong to the queue and not to a run of the stream, so a restarted stream continues where the old one ended.
/// </summary>
/// <remarks>
/// <para>
/// Unlike a <c>System.Threading.Channels</c> channel, the queue wakes the actor of the stream directly, without completing a task or queuing work to the
/// thread pool in between.
/// </para>
/// <para>
/// A thread that adds an item races with a reader that falls asleep. The adding thread enqueues the item, which reserves a slot with a full fence, and then
/// reads <c>_asleep</c>. The reader sets <c>_asleep</c> with a full fence, and then checks the queue again; if a slot is reserved, it waits for its item. At least
/// one of them sees the change of the other, so no item waits for a reader that sleeps. If several threads find the reader asleep, the one whose exchange
/// returns 1 wakes it. If the second check of the reader finds an item, a thread may wake it anyway; a wake-up with an empty queue has no effect.
/// </para>
/// </remarks>
/// <param name="capacity">The maximum number of waiting items.</param>
internal sealed class LaneQueue<T>(int capacity) : GraphStage<SourceShape<T>>
    where T : class
{
    private readonly ConcurrentQueue<T> _waiting = new();
    private readonly Outlet<T> _out = new("lane");
    private Action _wake = () => { };
    private int _count;
    private int _asleep;

    public override SourceShape<T> Shape => new(_out);

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

    /// <summary>Takes the next item. Called by the reader. After a return value of false, the reader is woken once when an item is added.</summary>
    public bool TryTake([NotNullWhen(true)] out T? item)
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

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Reader(this);

    private bool TryDequeue([NotNullWhen(true)] out T? item)
    {
        if (!_waiting.TryDequeue(out item))
            return false;
        Interlocked.Decrement(ref _count);
        return true;
    }

    // The reader of one run of the stream. It replaces the reader of an earlier run, which is not woken any more.
    private sealed class Reader : OutGraphStageLogic
    {
        private readonly LaneQueue<T> _queue;

        public Reader(LaneQueue<T> queue)
            : base(queue.Shape)
        {
            _queue = queue;
            SetHandler(queue._out, this);
        }

        public override void PreStart()
        {
            // The overload with a parameter is used because the overload without one allocates a closure for each call.
            var wake = GetAsyncCallback<LaneQueue<T>>(_ => OnWake());
            _queue._wake = () => wake(_queue);
            Volatile.Write(ref _queue._asleep, 0);
        }

        public override void OnPull()
        {
            if (_queue.TryTake(out var item))
                Push(_queue._out, item);
        }

        private void OnWake()
        {
            if (IsAvailable(_queue._out))
                OnPull();
        }
    }
}
