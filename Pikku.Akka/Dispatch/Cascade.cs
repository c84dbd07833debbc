namespace Pikku.Akka.Dispatch;

/// <summary>
/// The work that one thread runs next: the actors that became ready while another actor ran on it, followed by the sockets that have to be written. A message
/// is therefore processed on one thread from the socket to the function and back, without waking another thread, and all data that it causes a socket to
/// send is written at once.
/// </summary>
/// <remarks>
/// <para>
/// The thread belongs to the thread pool, and the queued work waits for this thread alone. Therefore a cascade is short: when its time limit is reached, other
/// threads take the remaining work. User code may block its thread, so while it runs, <see cref="CascadeRescue"/> may take the work that waits behind it.
/// </para>
/// <code>
///   the thread of the cascade                                        any other thread
///   ─────────────────────────────────────────────────────────       ─────────────────────────────────
///   Open ─▶ connection ─▶ lane ─▶ function's actor
///                                    │ EnterUserCode
///                                    │ ┌─ InUserCode ───────────┐ ◀─ the rescue moves it to Offloading,
///                                    │ │ user code runs         │    moves the queues to the pool,
///                                    │ │ RunNext, RunLast:      │ ─▶ and moves it back to InUserCode
///                                    │ │   Owned, add, back     │
///                                    │ └────────────────────────┘
///                                    ▼ the scope ends: Owned
///           connection ◀─ function's actor
///              └─▶ the sockets are written; Drain ends
/// </code>
/// <para>
/// The queues are not thread-safe, and do not have to be: a thread may access them only after it has moved the state away from <c>InUserCode</c>, and only one
/// thread can. In <c>Owned</c> only the thread of the cascade accesses them; the rescue cannot leave this state. In <c>Offloading</c> only the rescue accesses
/// them, for the time of a few enqueues; if the thread of the cascade returns from user code or adds work during that time, it spins. Both transitions away
/// from <c>InUserCode</c> are compare-and-swaps, so one of two competing threads fails: the rescue then leaves the cascade alone, and the thread of the
/// cascade tries again. The transition back is a release, so the next owner sees the changes of the previous one.
/// </para>
/// </remarks>
internal sealed class Cascade
{
    // Cascades belong to the threads of the process, which several applications may share, and not to one application. They also share the machine with
    // other work, so they measure real time, even when the registered clock of an application stands still.
    private static readonly TimeProvider s_clock = TimeProvider.System;

    /// <summary>The maximum duration of a cascade, before sockets are written and other work of the pool can run.</summary>
    private static readonly long s_maxTicks = s_clock.TimestampFrequency / 1000; // 1 ms: far below network latency, far above the duration of a typical cascade

    private const int MaxWaiting = 64; // items; with more, other threads should take part
    private const int WritesPerItem = 32; // sockets; a fan-out is written by all available threads in batches of this size

    private const int Owned = 0;
    private const int InUserCode = 1;
    private const int Offloading = 2;

    [ThreadStatic]
    private static Cascade? t_current;

    private readonly Queue<IThreadPoolWorkItem> _next = new();
    private readonly List<IThreadPoolWorkItem> _last = [];
    private bool _running;
    private int _state = Owned;
    private int _userCodeEntries;

    /// <summary>True while the cascade runs.</summary>
    public bool IsRunning => Volatile.Read(ref _running);

    /// <summary>The number of times that user code was entered. The rescue uses it to detect that the same user code still runs.</summary>
    public int UserCodeEntries => Volatile.Read(ref _userCodeEntries);

    /// <summary>True while the rescue watches this cascade. Only <see cref="CascadeRescue"/> sets it.</summary>
    public volatile bool IsWatched;

    /// <summary>Runs an item after the current item of this thread, or on a pool thread when no cascade runs on this thread.</summary>
    public static void RunNext(IThreadPoolWorkItem item)
    {
        if (t_current is not { _running: true } cascade || !cascade.TryAdd(item, last: false))
            ThreadPool.UnsafeQueueUserWorkItem(new Root(item), preferLocal: true);
    }

    /// <summary>Like <see cref="RunNext"/>, but after all other items. Used for socket writes: the later they run, the more data one write sends.</summary>
    public static void RunLast(IThreadPoolWorkItem item)
    {
        if (t_current is not { _running: true } cascade || !cascade.TryAdd(item, last: true))
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: true);
    }

    /// <summary>Opens a cascade on this thread. Work that the caller causes runs when the scope is disposed.</summary>
    public static Scope Open()
    {
        var cascade = t_current ??= new Cascade();
        if (cascade._running)
            return default;
        cascade._running = true;
        return new Scope(cascade);
    }

    /// <summary>Marks the start of user code on this thread, which may take long. Until the scope ends, other threads may take the waiting work.</summary>
    public static UserCode EnterUserCode()
    {
        if (t_current is not { _running: true, _state: Owned } cascade)
            return default;
        cascade._userCodeEntries++;
        if (cascade._next.Count + cascade._last.Count > 0)
            CascadeRescue.Watch(cascade);
        Volatile.Write(ref cascade._state, InUserCode);
        return new UserCode(cascade);
    }

    /// <summary>Gives the waiting work of this thread to other threads now, because the user code on this thread causes a lot of it.</summary>
    public static void OffloadCurrent()
    {
        if (t_current is { _running: true } cascade)
            cascade.OffloadWaiting();
    }

    /// <summary>Gives the waiting work to other threads if user code still runs. Called by the rescue and by the thread of the cascade.</summary>
    public void OffloadWaiting()
    {
        if (Interlocked.CompareExchange(ref _state, Offloading, InUserCode) != InUserCode)
            return;
        QueueAllToPool();
        Volatile.Write(ref _state, InUserCode);
    }

    private bool TryAdd(IThreadPoolWorkItem item, bool last)
    {
        // While user code runs, the rescue may access the queues, so they are reclaimed during this method.
        var isInUserCode = ReclaimQueues();
        var added = last || _next.Count < MaxWaiting;
        if (added)
        {
            if (last)
                _last.Add(item);
            else
                _next.Enqueue(item);
        }

        if (isInUserCode)
        {
            CascadeRescue.Watch(this);
            Volatile.Write(ref _state, InUserCode);
        }

        return added;
    }

    // Returns false when the thread already owns the queues because no user code runs.
    private bool ReclaimQueues()
    {
        if (Volatile.Read(ref _state) == Owned)
            return false;
        // The rescue holds the queues only briefly.
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _state, Owned, InUserCode) != InUserCode)
            spin.SpinOnce();
        return true;
    }

    private void Drain()
    {
        var began = s_clock.GetTimestamp();
        // A cascade may begin inside user code, but its items belong to other connections.
        using var outside = AmbientContext.Leave();
        try
        {
            while (_next.TryDequeue(out var item))
            {
                item.Execute();
                AmbientContext.Clear();
                if (_next.Count > 0 && s_clock.GetTimestamp() - began > s_maxTicks)
                    break;
            }

            RunWrites();
        }
        finally
        {
            // The time limit was reached, or an item threw because of a bug: other threads continue.
            QueueAllToPool();
            _running = false;
        }
    }

    private void RunWrites()
    {
        if (_last.Count > WritesPerItem)
            ShareWrites(WritesPerItem);
        // Writes normally add no items. The loop by index stays correct if one does.
        for (var i = 0; i < _last.Count; i++)
            _last[i].Execute();
        _last.Clear();
    }

    private void QueueAllToPool()
    {
        while (_next.TryDequeue(out var item))
            ThreadPool.UnsafeQueueUserWorkItem(new Root(item), preferLocal: false);
        ShareWrites(0);
    }

    // Gives all writes except the first ones to other threads.
    private void ShareWrites(int keep)
    {
        for (var start = keep; start < _last.Count; start += WritesPerItem)
            ThreadPool.UnsafeQueueUserWorkItem(new Batch(_last.GetRange(start, Math.Min(WritesPerItem, _last.Count - start))), preferLocal: false);
        if (_last.Count > keep)
            _last.RemoveRange(keep, _last.Count - keep);
    }

    /// <summary>Runs the queued work when it is disposed.</summary>
    public readonly ref struct Scope(Cascade? cascade)
    {
        public void Dispose() => cascade?.Drain();
    }

    /// <summary>Marks running user code. When it is disposed, the thread owns the queues again.</summary>
    public readonly ref struct UserCode(Cascade? cascade)
    {
        public void Dispose() => cascade?.ReclaimQueues();
    }

    // A work item of the thread pool that begins a cascade.
    private sealed class Root(IThreadPoolWorkItem item) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            using (Open())
                item.Execute();
        }
    }

    private sealed class Batch(List<IThreadPoolWorkItem> items) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            foreach (var item in items)
                item.Execute();
        }
    }
}
