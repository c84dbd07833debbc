using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>When one client is to be pinged, and when it counts as dead. Without actors and sockets; asked by the sweep.</summary>
/// <param name="settings">How often, and how long an answer may take.</param>
/// <param name="clock">Measures both.</param>
internal sealed class PulseMonitor(ConnectionSettings settings, TimeProvider clock)
{
    private long _pingedAt = clock.GetTimestamp();
    private long? _unansweredSince;

    /// <summary>Checks the client. The caller sends the ping when it is time for one.</summary>
    /// <param name="lastReceived">When the last byte came from it.</param>
    /// <param name="busy">True while something of it is under way.</param>
    public Pulse Check(long lastReceived, bool busy)
    {
        // While messages of the client are handled, its socket may not be read, so that even a pong would wait: silence says nothing then.
        if (busy || lastReceived >= _unansweredSince)
            _unansweredSince = null;
        if (_unansweredSince is { } since && HasPassed(since, settings.PingTimeout))
            return Pulse.Dead;

        // Busy or not, the tables of routers and proxies forget a connection that carries nothing.
        if (!HasPassed(_pingedAt, settings.PingInterval) || !(busy || HasPassed(lastReceived, settings.PingInterval)))
            return Pulse.Alive;
        _pingedAt = clock.GetTimestamp();
        if (!busy)
            _unansweredSince ??= _pingedAt;
        return Pulse.Ping;
    }

    private bool HasPassed(long since, TimeSpan time) => time != Timeout.InfiniteTimeSpan && clock.GetElapsedTime(since) >= time;
}
