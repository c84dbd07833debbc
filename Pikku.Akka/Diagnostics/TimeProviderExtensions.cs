namespace Pikku.Akka.Diagnostics;

/// <summary>The time as the states of lanes and nodes receive it.</summary>
internal static class TimeProviderExtensions
{
    /// <summary>A monotonic time in milliseconds; only differences of two such times have a meaning.</summary>
    public static long GetMilliseconds(this TimeProvider clock) => (long)clock.GetElapsedTime(0, clock.GetTimestamp()).TotalMilliseconds;
}
