using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>Decides when a client has to be pinged and when it is considered dead. Does not depend on actors or sockets; called by the sweep.</summary>
/// <param name="settings">The ping interval and the ping timeout.</param>
/// <param name="clock">The clock for both.</param>
internal sealed class PulseMonitor(ConnectionSettings settings, TimeProvider clock)
{
    private long _pingedAt = clock.GetTimestamp();
    private long? _unansweredSince;

    /// <summary>Checks the client. The caller sends the ping.</summary>
    /// <param name="lastReceived">The time at which the last byte arrived from the client.</param>
    /// <param name="busy">True while a message of the client runs.</param>
    public Pulse Check(long lastReceived, bool busy)
    {
        // While messages of the client run, its socket may not be read, and even a pong may wait unread. Silence is therefore ignored while busy.
        if (busy || lastReceived >= _unansweredSince)
            _unansweredSince = null;
        if (_unansweredSince is { } since && HasPassed(since, settings.PingTimeout))
            return Pulse.Dead;

        // Ping also while busy, because routers and proxies drop connections that carry no data.
        if (!HasPassed(_pingedAt, settings.PingInterval) || !(busy || HasPassed(lastReceived, settings.PingInterval)))
            return Pulse.Alive;
        _pingedAt = clock.GetTimestamp();
        if (!busy)
            _unansweredSince ??= _pingedAt;
        return Pulse.Ping;
    }

    private bool HasPassed(long since, TimeSpan time) => time != Timeout.InfiniteTimeSpan && clock.GetElapsedTime(since) >= time;
}
