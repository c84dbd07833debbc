namespace Pikku.Akka.Diagnostics;

/// <summary>The time as the states of lanes and nodes receive it.</summary>
internal static class TimeProviderExtensions
{
    /// <summary>A monotonic time in milliseconds; only differences of two such times have a meaning.</summary>
    public static long GetMilliseconds(this TimeProvider clock) => (long)clock.GetElapsedTime(0, clock.GetTimestamp()).TotalMilliseconds;

    /// <summary>The minute since 1970, for what a client or another node compares with its own clock.</summary>
    public static long GetMinute(this TimeProvider clock) => clock.GetUtcNow().ToUnixTimeSeconds() / 60;
}
