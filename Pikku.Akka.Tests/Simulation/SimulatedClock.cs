namespace Pikku.Akka.Tests.Simulation;

/// <summary>The clocks of one node: a monotonic clock with an origin of its own, and a wall clock that is wrong by an offset, which may change at any time.</summary>
/// <param name="scheduler">The virtual time.</param>
/// <param name="started">What the monotonic clock shows at the start of the simulation, in milliseconds.</param>
internal sealed class SimulatedClock(Scheduler scheduler, long started) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The error of the wall clock, in milliseconds.</summary>
    public long Error { get; set; }

    public override long TimestampFrequency => 1000;

    /// <summary>The wall clock, in milliseconds since 1970.</summary>
    public long WallTime => GetUtcNow().ToUnixTimeMilliseconds();

    public override long GetTimestamp() => scheduler.Now + started;

    public override DateTimeOffset GetUtcNow() => Epoch.AddMilliseconds(scheduler.Now + Error);
}
