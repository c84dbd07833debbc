namespace Pikku.Akka.Dispatch;

/// <summary>
/// Watches the cascades in which something waits behind user code, and gives what waits to other threads when the user code blocks. Costs
/// nothing while nothing waits: its timer runs only then.
/// </summary>
internal static class CascadeRescue
{
    // Code that blocks is a fault of the application; this, once or twice, is what it costs others. The pool has no finer timer.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(10);

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<Cascade, int> s_watched = [];
    private static readonly Timer s_timer = NewTimer();

    /// <summary>Begins to watch a cascade in which user code is about to run. Nearly always it is watched already.</summary>
    public static void Watch(Cascade cascade)
    {
        if (cascade.IsWatched)
            return;
        lock (s_gate)
        {
            cascade.IsWatched = true;
            s_watched[cascade] = cascade.UserCodeEntries;
            if (s_watched.Count == 1)
                s_timer.Change(s_patience, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What the timer does: offloads what has waited behind the same user code since the last check.</summary>
    public static void CheckWatched()
    {
        lock (s_gate)
        {
            foreach (var (cascade, entries) in s_watched.ToArray())
            {
                if (!cascade.IsRunning)
                    Forget(cascade);
                else if (cascade.UserCodeEntries == entries)
                    cascade.OffloadWaiting();
                else
                    s_watched[cascade] = cascade.UserCodeEntries;
            }

            if (s_watched.Count > 0)
                s_timer.Change(s_patience, Timeout.InfiniteTimeSpan);
        }
    }

    // Made when the first user code runs, and kept for good: it must not keep the context of that code.
    private static Timer NewTimer()
    {
        using (AmbientContext.Leave())
            return new Timer(_ => CheckWatched(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static void Forget(Cascade cascade)
    {
        s_watched.Remove(cascade);
        // Reset and looked at again: it may have begun anew in between, seen that it is watched, and relied on it.
        cascade.IsWatched = false;
        Interlocked.MemoryBarrier();
        if (cascade.IsRunning)
        {
            cascade.IsWatched = true;
            s_watched[cascade] = cascade.UserCodeEntries;
        }
    }
}
