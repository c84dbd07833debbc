namespace Pikku.Akka.Connections;

/// <summary>Grants one ping of a client a second that does not count against the message rate (S1).</summary>
internal struct PingAllowance
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private long _grantedAt;

    /// <summary>Takes the free ping of this second.</summary>
    public bool TryTake(TimeProvider clock, long now)
    {
        if (_grantedAt != 0 && clock.GetElapsedTime(_grantedAt, now) < s_interval)
            return false;
        _grantedAt = now;
        return true;
    }
}
