namespace Pikku.Akka.Connections;

/// <summary>The phase of a connection, which only advances. Does not depend on actors or sockets; one caller at a time.</summary>
internal sealed class ConnectionState
{
    private Phase _phase = Phase.Connecting;
    private bool _connected;
    private bool _isReadyAwaited;

    private enum Phase
    {
        /// <summary><c>onConnect</c> runs; messages wait (B8).</summary>
        Connecting,

        /// <summary>Messages are processed.</summary>
        Open,

        /// <summary>Received messages are processed; no more messages are accepted.</summary>
        Draining,

        /// <summary>No message starts; running messages may complete.</summary>
        Closing,

        /// <summary><c>onDisconnect</c> runs.</summary>
        Disconnecting,

        /// <summary>The connection has ended.</summary>
        Ended,
    }

    /// <summary>True when <c>onConnect</c> has succeeded, or there is none.</summary>
    public bool HasConnected => _connected;

    /// <summary>True when messages are accepted.</summary>
    public bool AcceptsMessages => _phase is Phase.Connecting or Phase.Open;

    /// <summary>True when accepted messages may start.</summary>
    public bool StartsMessages => _connected && _phase is (Phase.Open or Phase.Draining);

    /// <summary>True when the connection closes after all accepted messages have been processed.</summary>
    public bool IsDraining => _phase == Phase.Draining;

    /// <summary>True while running messages may complete and no message starts.</summary>
    public bool IsClosing => _phase == Phase.Closing;

    /// <summary>True when nothing will start any more except <c>onDisconnect</c>.</summary>
    public bool IsClosed => _phase >= Phase.Closing;

    public bool IsEnded => _phase == Phase.Ended;

    /// <summary>Opens the connection, because <c>onConnect</c> has succeeded or there is none.</summary>
    public void Open()
    {
        _connected = true;
        Advance(Phase.Open);
    }

    /// <summary>Records that the client has asked whether <c>onConnect</c> has completed, and has no answer yet.</summary>
    public void AwaitReady() => _isReadyAwaited = true;

    /// <summary>True when the client has to be told that <c>onConnect</c> has completed. Only once.</summary>
    public bool TakeReadyAwaited()
    {
        var isAwaited = _isReadyAwaited;
        _isReadyAwaited = false;
        return isAwaited;
    }

    /// <summary>Stops accepting messages.</summary>
    public void Drain() => Advance(Phase.Draining);

    /// <summary>Stops starting messages.</summary>
    public void Close() => Advance(Phase.Closing);

    /// <summary>Records that <c>onDisconnect</c> starts.</summary>
    public void BeginDisconnect() => Advance(Phase.Disconnecting);

    public void End() => Advance(Phase.Ended);

    // The phase never goes back, so a late message cannot reopen a closing connection.
    private void Advance(Phase phase)
    {
        if (phase > _phase)
            _phase = phase;
    }
}
