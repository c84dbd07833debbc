using System.Diagnostics;

namespace Pikku.Akka.Dispatch;

/// <summary>
/// What one thread does next: the actors that became ready while another one ran on it, and behind them the sockets that are to be
/// written to. A message so runs on one thread from the socket to the function and back, no other thread is woken for it, and everything
/// that it makes a socket send goes out in one write.
/// </summary>
/// <remarks>
/// <para>
/// The thread is the pool's, and what waits here waits for it alone. So a cascade is short: when its time is up, other threads get what is
/// left. And user code may block its thread, so while it runs, <see cref="CascadeRescue"/> may take what waits behind it.
/// </para>
/// <code>
///   the thread of the cascade                                        any other thread
///   ─────────────────────────────────────────────────────────       ─────────────────────────────────
///   Open ─▶ connection ─▶ lane ─▶ function's actor
///                                    │ EnterUserCode
///                                    │ ┌─ InUserCode ───────────┐ ◀─ the rescue moves it to Offloading,
///                                    │ │ user code runs         │    gives what waits to the pool,
///                                    │ │ RunNext, RunLast:      │ ─▶ and moves it back to InUserCode
///                                    │ │   Owned, add, back     │
///                                    │ └────────────────────────┘
///                                    ▼ the scope ends: Owned
///           connection ◀─ function's actor
///              └─▶ the sockets are written to; Drain ends
/// </code>
/// <para>
/// The queues are not thread-safe, and need not be: whoever touches them has moved the state away from <c>InUserCode</c> before, and
/// exactly one can. In <c>Owned</c> the thread itself is alone with them; the rescue can't leave this state. In <c>Offloading</c> the rescue is
/// alone, for the time of a few enqueues; the thread that comes back from user code, or adds something in the middle of it, spins until
/// then. Both moves away from <c>InUserCode</c> are compare-and-swaps, so one of two that race for it loses: the rescue then leaves the cascade
/// alone, the thread tries again. The move back is a release, so the next owner sees what the one before it did.
/// </para>
/// </remarks>
internal sealed class Cascade
{
    /// <summary>Runs at a time, before sockets are written to and other work of the pool has its turn.</summary>
    private static readonly long s_maxTicks = Stopwatch.Frequency / 1000; // 1 ms: well below what a network adds, well above a usual cascade

    private const int MaxWaiting = 64; // beyond this, other threads had better help
    private const int WritesPerItem = 32; // a fan-out is written by as many threads as there are; each takes this many sockets at a time

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

    /// <summary>True while something runs here.</summary>
    public bool IsRunning => Volatile.Read(ref _running);

    /// <summary>How often user code was entered: tells the rescue whether the same user code still runs.</summary>
    public int UserCodeEntries => Volatile.Read(ref _userCodeEntries);

    /// <summary>True while the rescue knows of it. Set here, reset there.</summary>
    public volatile bool IsWatched;

    /// <summary>Runs something when what runs on this thread is done, or on another one when no cascade runs on this one.</summary>
    public static void RunNext(IThreadPoolWorkItem item)
    {
        if (t_current is not { _running: true } cascade || !cascade.TryAdd(item, last: false))
            ThreadPool.UnsafeQueueUserWorkItem(new Root(item), preferLocal: true);
    }

    /// <summary>The same, behind everything else: for writes, which are the fewer the later they come.</summary>
    public static void RunLast(IThreadPoolWorkItem item)
    {
        if (t_current is not { _running: true } cascade || !cascade.TryAdd(item, last: true))
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: true);
    }

    /// <summary>Opens a cascade on this thread. What follows from the caller's doing runs when the scope is disposed.</summary>
    public static Scope Open()
    {
        var cascade = t_current ??= new Cascade();
        if (cascade._running)
            return default;
        cascade._running = true;
        return new Scope(cascade);
    }

    /// <summary>User code begins on this thread; it may take long. Other threads may take what waits meanwhile, until the scope ends.</summary>
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

    /// <summary>User code on this thread makes more than should wait for its end: other threads get what waits behind it now.</summary>
    public static void OffloadCurrent()
    {
        if (t_current is { _running: true } cascade)
            cascade.OffloadWaiting();
    }

    /// <summary>Gives what waits here to other threads, if user code still runs. Called by the rescue, and by the thread itself.</summary>
    public void OffloadWaiting()
    {
        if (Interlocked.CompareExchange(ref _state, Offloading, InUserCode) != InUserCode)
            return;
        QueueAllToPool();
        Volatile.Write(ref _state, InUserCode);
    }

    private bool TryAdd(IThreadPoolWorkItem item, bool last)
    {
        // In the middle of user code the rescue may be at the queues: they are reclaimed for as long as this takes.
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

    // False when the thread owns them anyway: no user code runs.
    private bool ReclaimQueues()
    {
        if (Volatile.Read(ref _state) == Owned)
            return false;
        // The rescue needs a moment only.
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _state, Owned, InUserCode) != InUserCode)
            spin.SpinOnce();
        return true;
    }

    private void Drain()
    {
        var began = Stopwatch.GetTimestamp();
        // A cascade may begin within somebody's user code, and what runs in it belongs to others.
        using var outside = AmbientContext.Leave();
        try
        {
            while (_next.TryDequeue(out var item))
            {
                item.Execute();
                AmbientContext.Clear();
                if (_next.Count > 0 && Stopwatch.GetTimestamp() - began > s_maxTicks)
                    break;
            }

            RunWrites();
        }
        finally
        {
            // Time is up, or something threw that should not have: others go on.
            QueueAllToPool();
            _running = false;
        }
    }

    private void RunWrites()
    {
        if (_last.Count > WritesPerItem)
            ShareWrites(WritesPerItem);
        // Writing adds nothing here but by a bug; a copy of the count keeps that harmless.
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

    // All but the first go to other threads.
    private void ShareWrites(int keep)
    {
        for (var start = keep; start < _last.Count; start += WritesPerItem)
            ThreadPool.UnsafeQueueUserWorkItem(new Batch(_last.GetRange(start, Math.Min(WritesPerItem, _last.Count - start))), preferLocal: false);
        if (_last.Count > keep)
            _last.RemoveRange(keep, _last.Count - keep);
    }

    /// <summary>Runs what became ready when it ends.</summary>
    public readonly ref struct Scope(Cascade? cascade)
    {
        public void Dispose() => cascade?.Drain();
    }

    /// <summary>User code that runs; when it ends, the thread owns the queues again.</summary>
    public readonly ref struct UserCode(Cascade? cascade)
    {
        public void Dispose() => cascade?.ReclaimQueues();
    }

    // What a thread of the pool begins a cascade with.
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
