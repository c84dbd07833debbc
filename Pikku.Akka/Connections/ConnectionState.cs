using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <summary>
/// What a connection decides: which exchange comes next, and when it is over. Without actors and sockets; one caller at a time.
/// </summary>
/// <param name="maxInFlight">How many messages may be under way at once (B7).</param>
internal sealed class ConnectionState(int maxInFlight)
{
    private readonly List<Exchange> _inFlight = new(1);
    private Queue<Exchange>? _waiting;
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

    public IReadOnlyList<Exchange> InFlight => _inFlight;

    /// <summary>True when messages are taken.</summary>
    public bool Accepts => _phase is Phase.Connecting or Phase.Open;

    /// <summary>True when everything that a drain waits for has been answered.</summary>
    public bool IsDrained => _phase == Phase.Draining && _inFlight.Count == 0 && _waiting is not { Count: > 0 };

    /// <summary>True when nothing is under way and nothing new will begin.</summary>
    public bool IsQuiet => _phase == Phase.Closing && _inFlight.Count == 0;

    public bool IsEnded => _phase == Phase.Ended;

    /// <summary>Begins <c>onConnect</c>, <c>onDisconnect</c> or a message that <see cref="TryNext"/> gave.</summary>
    public void Begin(Exchange exchange) => _inFlight.Add(exchange);

    /// <summary>An exchange is over. False when it was not under way any more.</summary>
    public bool End(Exchange exchange) => _inFlight.Remove(exchange);

    /// <summary>Puts an exchange behind those that wait.</summary>
    public void Enqueue(Exchange exchange) => (_waiting ??= new Queue<Exchange>(2)).Enqueue(exchange);

    /// <summary>The next exchange that may begin; null when the window is full or nothing waits.</summary>
    public Exchange? TryNext() =>
        _connected && _phase is (Phase.Open or Phase.Draining) && _inFlight.Count < maxInFlight && _waiting?.TryDequeue(out var next) == true ? next : null;

    /// <summary><c>onConnect</c> has passed, or there is none.</summary>
    public void Opened()
    {
        _connected = true;
        MoveTo(Phase.Open);
    }

    public void Drain() => MoveTo(Phase.Draining);

    /// <summary>Nothing new begins. Gives what waited, in order.</summary>
    public Queue<Exchange>? Close()
    {
        MoveTo(Phase.Closing);
        var dropped = _waiting;
        _waiting = null;
        return dropped;
    }

    public void Disconnecting() => MoveTo(Phase.Disconnecting);

    public void Ended() => MoveTo(Phase.Ended);

    // A connection only ever goes on: a late message can't reopen one that is closing.
    private void MoveTo(Phase phase)
    {
        if (phase > _phase)
            _phase = phase;
    }
}
