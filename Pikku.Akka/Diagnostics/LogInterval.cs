namespace Pikku.Akka.Diagnostics;

/// <summary>Limits a log message that may be caused many times a second to one for each interval, with the number of its causes. Thread-safe.</summary>
/// <param name="clock">Measures the interval.</param>
internal sealed class LogInterval(TimeProvider clock)
{
    /// <summary>Often enough for an operator, and seldom enough that the log stays readable during an outage.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _loggedAt;
    private int _count;

    /// <summary>Counts causes.</summary>
    /// <param name="causes">The number of causes.</param>
    /// <param name="count">The number of causes since the last message.</param>
    /// <returns>True when the message should be logged now.</returns>
    public bool IsDue(int causes, out int count)
    {
        lock (_gate)
        {
            count = _count += causes;
            var now = clock.GetTimestamp();
            if (_loggedAt is { } loggedAt && clock.GetElapsedTime(loggedAt, now) < Interval)
                return false;
            (_loggedAt, _count) = (now, 0);
            return true;
        }
    }
}
