namespace Pikku.Akka.Connections;

/// <summary>How far the life of a connection is. It only ever advances. Without actors and sockets; one caller at a time.</summary>
internal sealed class ConnectionState
{
    private Phase _phase = Phase.Connecting;
    private bool _connected;

    private enum Phase
    {
        /// <summary><c>onConnect</c> runs; messages wait (B8).</summary>
        Connecting,

        /// <summary>Messages are handled.</summary>
        Open,

        /// <summary>What has been received is finished, nothing new is taken.</summary>
        Draining,

        /// <summary>Nothing new begins; what is under way may end.</summary>
        Closing,

        /// <summary><c>onDisconnect</c> runs.</summary>
        Disconnecting,

        /// <summary>Over.</summary>
        Ended,
    }

    /// <summary>True when messages are taken.</summary>
    public bool Accepts => _phase is Phase.Connecting or Phase.Open;

    /// <summary>True when a message that was taken may begin.</summary>
    public bool Starts => _connected && _phase is (Phase.Open or Phase.Draining);

    /// <summary>True when the connection closes once everything that was taken has been answered.</summary>
    public bool IsDraining => _phase == Phase.Draining;

    /// <summary>True while what is under way may end, and nothing new begins.</summary>
    public bool IsClosing => _phase == Phase.Closing;

    /// <summary>True when nothing new will begin any more, <c>onDisconnect</c> excepted.</summary>
    public bool IsClosed => _phase >= Phase.Closing;

    public bool IsEnded => _phase == Phase.Ended;

    /// <summary><c>onConnect</c> has passed, or there is none.</summary>
    public void Opened()
    {
        _connected = true;
        Advance(Phase.Open);
    }

    /// <summary>Nothing more is taken.</summary>
    public void Drain() => Advance(Phase.Draining);

    /// <summary>Nothing more begins.</summary>
    public void Close() => Advance(Phase.Closing);

    /// <summary><c>onDisconnect</c> begins.</summary>
    public void Disconnecting() => Advance(Phase.Disconnecting);

    public void Ended() => Advance(Phase.Ended);

    // A late message can't reopen a connection that is closing.
    private void Advance(Phase phase)
    {
        if (phase > _phase)
            _phase = phase;
    }
}
