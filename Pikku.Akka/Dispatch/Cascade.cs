using System.Diagnostics;

namespace Pikku.Akka.Dispatch;

/// <summary>
/// What one thread does next: the actors that became ready while another one ran on it, and behind them the sockets that are to be
/// written to. A message so runs on one thread from the socket to the function and back, no other thread is woken for it, and everything
/// that it makes a socket send goes out in one write.
/// </summary>
/// <remarks>
/// The thread is the pool's, and what waits here waits for it alone. So a cascade is short: it hands over what is left when its time is up;
/// and it is lent out while user code runs, which may block, so that <see cref="CascadeRescue"/> can take what waits behind it.
/// </remarks>
internal sealed class Cascade
{
    /// <summary>Runs at a time, before sockets are written to and other work of the pool has its turn.</summary>
    private static readonly long s_maxTicks = Stopwatch.Frequency / 1000; // 1 ms: well below what a network adds, well above a usual cascade

    private const int MaxWaiting = 64; // beyond this, other threads had better help
    private const int WritesPerItem = 32; // a fan-out is written by as many threads as there are; each takes this many sockets at a time

    private const int Owned = 0;
    private const int Lent = 1;
    private const int Taken = 2;

    [ThreadStatic]
    private static Cascade? t_current;

    private readonly Queue<IThreadPoolWorkItem> _next = new();
    private readonly List<IThreadPoolWorkItem> _last = [];
    private bool _running;
    private int _state = Owned;
    private int _lendings;

    /// <summary>True while something runs here.</summary>
    public bool IsRunning => Volatile.Read(ref _running);

    /// <summary>How often it has been lent: tells the rescue whether it is still the same user code that runs.</summary>
    public int Lendings => Volatile.Read(ref _lendings);

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

    /// <summary>User code begins on this thread; it may take long. What waits meanwhile can be taken by others.</summary>
    public static UserCode Lend()
    {
        if (t_current is not { _running: true, _state: Owned } cascade)
            return default;
        cascade._lendings++;
        if (cascade._next.Count + cascade._last.Count > 0)
            CascadeRescue.Watch(cascade);
        Volatile.Write(ref cascade._state, Lent);
        return new UserCode(cascade);
    }

    /// <summary>User code on this thread makes more than should wait for its end: what waits behind it goes to other threads now.</summary>
    public static void GiveWay()
    {
        if (t_current is { _running: true } cascade)
            cascade.Rescue();
    }

    /// <summary>Hands what waits here to other threads, if user code still runs. Called by the rescue, and by the thread itself.</summary>
    public void Rescue()
    {
        if (Interlocked.CompareExchange(ref _state, Taken, Lent) != Lent)
            return;
        HandOver();
        Volatile.Write(ref _state, Lent);
    }

    private bool TryAdd(IThreadPoolWorkItem item, bool last)
    {
        // In the middle of user code: take back what is lent for as long as this takes.
        var lent = TakeBack();
        var added = last || _next.Count < MaxWaiting;
        if (added)
        {
            if (last)
                _last.Add(item);
            else
                _next.Enqueue(item);
        }

        if (lent)
        {
            CascadeRescue.Watch(this);
            Volatile.Write(ref _state, Lent);
        }

        return added;
    }

    private bool TakeBack()
    {
        if (Volatile.Read(ref _state) == Owned)
            return false;
        // The rescue needs a moment only.
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _state, Owned, Lent) != Lent)
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

            Write();
        }
        finally
        {
            // Time is up, or something threw that should not have: others go on.
            HandOver();
            _running = false;
        }
    }

    private void Write()
    {
        if (_last.Count > WritesPerItem)
            Share(WritesPerItem);
        // Writing adds nothing here but by a bug; a copy of the count keeps that harmless.
        for (var i = 0; i < _last.Count; i++)
            _last[i].Execute();
        _last.Clear();
    }

    private void HandOver()
    {
        while (_next.TryDequeue(out var item))
            ThreadPool.UnsafeQueueUserWorkItem(new Root(item), preferLocal: false);
        Share(0);
    }

    // All but the first go to other threads.
    private void Share(int keep)
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

    /// <summary>Takes back what was lent when it ends.</summary>
    public readonly ref struct UserCode(Cascade? cascade)
    {
        public void Dispose() => cascade?.TakeBack();
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
