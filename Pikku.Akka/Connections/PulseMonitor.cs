using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>When one client is to be pinged, and when it counts as dead. Without actors and sockets; asked by the sweep.</summary>
/// <param name="settings">How often, and how long an answer may take.</param>
/// <param name="clock">Measures both.</param>
internal sealed class PulseMonitor(ConnectionSettings settings, TimeProvider clock)
{
    private long _askedAt = clock.GetTimestamp();
    private long? _unansweredSince;

    /// <summary>Looks at the client; what it says of a ping is to be done.</summary>
    /// <param name="lastReceived">When the last byte came from it.</param>
    /// <param name="busy">True while something of it is under way.</param>
    public Pulse Look(long lastReceived, bool busy)
    {
        // Who is busy with us may not be read from, so that even a pong would wait: silence says nothing then. Afterwards it is asked anew.
        if (busy || lastReceived >= _unansweredSince)
            _unansweredSince = null;
        if (_unansweredSince is { } since && HasPassed(since, settings.PingTimeout))
            return Pulse.Dead;

        // Busy or not, the tables of routers and proxies forget a connection that carries nothing.
        if (!HasPassed(_askedAt, settings.PingInterval) || !(busy || HasPassed(lastReceived, settings.PingInterval)))
            return Pulse.Alive;
        _askedAt = clock.GetTimestamp();
        if (!busy)
            _unansweredSince ??= _askedAt;
        return Pulse.Ask;
    }

    private bool HasPassed(long since, TimeSpan time) => time != Timeout.InfiniteTimeSpan && clock.GetElapsedTime(since) >= time;
}
