namespace Pikku.Akka.Dispatch;

/// <summary>
/// Watches the cascades in which work waits behind user code, and gives that work to other threads when the user code blocks. It costs
/// nothing while no work waits, because its timer then does not run.
/// </summary>
internal static class CascadeRescue
{
    // Waiting work is delayed by one or two of these intervals when user code blocks. Timers of .NET have no finer resolution.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(10);

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<Cascade, int> s_watched = [];
    private static readonly ITimer s_timer = NewTimer();

    /// <summary>Begins to watch a cascade in which user code is about to run. In most cases it is watched already.</summary>
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

    /// <summary>Offloads work that has waited behind the same user code since the last check. Called by the timer.</summary>
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

    // The timer is created when the first user code runs and is never released, so it must not capture the context of that code. Like Cascade, it uses real time.
    private static ITimer NewTimer()
    {
        using (AmbientContext.Leave())
            return TimeProvider.System.CreateTimer(_ => CheckWatched(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static void Forget(Cascade cascade)
    {
        s_watched.Remove(cascade);
        // Check again after the reset: the cascade may have started again in between and relied on being watched.
        cascade.IsWatched = false;
        Interlocked.MemoryBarrier();
        if (cascade.IsRunning)
        {
            cascade.IsWatched = true;
            s_watched[cascade] = cascade.UserCodeEntries;
        }
    }
}
