using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>How fast one connection may send: a token bucket that is filled when it is looked at, and needs no timer.</summary>
/// <param name="settings">The rate, the burst, and what a violation costs.</param>
/// <param name="clock">Fills the bucket.</param>
internal sealed class MessageRate(LimitSettings settings, TimeProvider clock)
{
    private double _tokens = settings.MessageBurst;
    private long _filledAt = clock.GetTimestamp();
    private int _refusedInARow;

    /// <summary>True when a whole burst has been refused in a row: the client does not listen to its answers.</summary>
    public bool IsHopeless => _refusedInARow > settings.MessageBurst;

    /// <summary>Takes what one message costs.</summary>
    /// <param name="now">When it came; messages that came together share the look at the clock.</param>
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

    /// <summary>Takes the rest of what a malformed or unroutable message costs; what is left, when it is less.</summary>
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
