namespace Pikku.Akka.Tests.Simulation;

/// <summary>
/// Virtual time. Actions run one at a time, in the order of their times; actions of the same time run in the order in which they were scheduled. Times are in
/// milliseconds, intervals in seconds of the simulation.
/// </summary>
internal sealed class Scheduler
{
    /// <summary>
    /// One second of the simulation, in milliseconds of the clocks of the nodes. The slack of positions is an hour and can't be set, so the simulation runs the
    /// cluster 120 times slower: an hour of the nodes is 30 s of the simulation.
    /// </summary>
    public const long Second = 120_000;

    private readonly PriorityQueue<Action, (long Time, long Order)> _queue = new();
    private long _order;

    /// <summary>The time in milliseconds of the nodes.</summary>
    public long Now { get; private set; }

    /// <summary>The time in seconds of the simulation.</summary>
    public double Seconds => (double)Now / Second;

    public static long Milliseconds(double seconds) => (long)(seconds * Second);

    public void After(double seconds, Action action) => At(Now + Milliseconds(seconds), action);

    public void At(long time, Action action) => _queue.Enqueue(action, (Math.Max(time, Now), _order++));

    /// <summary>Runs all actions before the end.</summary>
    public void RunUntil(double seconds)
    {
        var end = Milliseconds(seconds);
        while (_queue.TryPeek(out _, out var next) && next.Time < end)
        {
            Now = next.Time;
            _queue.Dequeue()();
        }
    }
}
