using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>Limits the message rate of one connection: a token bucket that is refilled when it is used, without a timer.</summary>
/// <param name="settings">The rate, the burst and the cost of a violation.</param>
/// <param name="clock">The clock for refilling the bucket.</param>
internal sealed class MessageRate(LimitSettings settings, TimeProvider clock)
{
    private double _tokens = settings.MessageBurst;
    private long _filledAt = clock.GetTimestamp();
    private int _refusedInARow;

    /// <summary>True when more messages than a burst have been refused in a row, which means that the client ignores the error replies.</summary>
    public bool IsPersistentlyExceeded => _refusedInARow > settings.MessageBurst;

    /// <summary>Takes the cost of one message.</summary>
    /// <param name="now">The time of arrival. Messages that were read together share one reading of the clock.</param>
    public bool TryTake(long now)
    {
        Fill(now);
        if (_tokens < 1)
        {
            _refusedInARow++;
            return false;
        }

        _tokens--;
        _refusedInARow = 0;
        return true;
    }

    /// <summary>Takes the additional cost of a malformed or unroutable message, or all remaining tokens if there are fewer.</summary>
    public void TakeForViolation()
    {
        Fill(clock.GetTimestamp());
        _tokens = Math.Max(0, _tokens - (settings.ViolationCost - 1));
    }

    private void Fill(long now)
    {
        if (now <= _filledAt)
            return;
        _tokens = Math.Min(settings.MessageBurst, _tokens + clock.GetElapsedTime(_filledAt, now).TotalSeconds * settings.MessagesPerSecond);
        _filledAt = now;
    }
}
