using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <summary>
/// What a connection decides: which exchange comes next, and when it is over. Without actors and sockets; one caller at a time.
/// </summary>
/// <param name="maxInFlight">How many messages may be under way at once (B7).</param>
internal sealed class ConnectionState(int maxInFlight)
{
    private const int MaxBurst = 32; // enough to share the cost of the hops, few enough to keep nobody waiting

    private readonly List<Exchange> _inFlight = new(1);
    private Exchange? _first; // of those that wait, a line by Exchange.Next
    private Exchange? _last;
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
    public bool IsDrained => _phase == Phase.Draining && _inFlight.Count == 0 && _first is null;

    /// <summary>True when nothing is under way and nothing new will begin.</summary>
    public bool IsQuiet => _phase == Phase.Closing && _inFlight.Count == 0;

    public bool IsEnded => _phase == Phase.Ended;

    /// <summary>Begins <c>onConnect</c>, <c>onDisconnect</c>, a message that <see cref="TryNext"/> gave or the next one of a burst.</summary>
    public void Begin(Exchange exchange) => _inFlight.Add(exchange);

    /// <summary>An exchange is over. False when it was not under way any more.</summary>
    public bool End(Exchange exchange) => _inFlight.Remove(exchange);

    /// <summary>Puts an exchange behind those that wait.</summary>
    public void Enqueue(Exchange exchange)
    {
        if (_last is null)
            _first = exchange;
        else
            _last.Next = exchange;
        _last = exchange;
    }

    /// <summary>The next exchange that may begin; null when the window is full or nothing waits.</summary>
    public Exchange? TryNext() =>
        _connected && _phase is (Phase.Open or Phase.Draining) && _inFlight.Count < maxInFlight ? TryDequeue() : null;

    /// <summary>
    /// What may go along with the exchange that <see cref="TryNext"/> gave, to run one after another; null when it goes alone. Where more
    /// than one message may run at a time each goes alone.
    /// </summary>
    public Burst? TryGather(Exchange next)
    {
        if (maxInFlight > 1 || !IsMessage(next) || _first is not { } second || !IsMessage(second))
            return null;

        List<Exchange> exchanges = new(MaxBurst) { next };
        while (exchanges.Count < MaxBurst && _first is { } following && IsMessage(following))
            exchanges.Add(TryDequeue()!);
        return new Burst(exchanges);
    }

    /// <summary>Puts an exchange that a burst left in front of those that wait. False when nothing new begins any more.</summary>
    public bool TryPutBack(Exchange exchange)
    {
        if (_phase >= Phase.Closing)
            return false;
        exchange.Burst = null;
        exchange.Next = _first;
        _first = exchange;
        _last ??= exchange;
        return true;
    }

    /// <summary><c>onConnect</c> has passed, or there is none.</summary>
    public void Opened()
    {
        _connected = true;
        MoveTo(Phase.Open);
    }

    public void Drain() => MoveTo(Phase.Draining);

    /// <summary>Nothing new begins. Gives what waited, in order.</summary>
    public IReadOnlyList<Exchange> Close()
    {
        MoveTo(Phase.Closing);
        List<Exchange> dropped = [];
        while (TryDequeue() is { } exchange)
            dropped.Add(exchange);
        return dropped;
    }

    public void Disconnecting() => MoveTo(Phase.Disconnecting);

    public void Ended() => MoveTo(Phase.Ended);

    private static bool IsMessage(Exchange exchange) => exchange.Kind is ExchangeKind.Text or ExchangeKind.Binary;

    private Exchange? TryDequeue()
    {
        if (_first is not { } first)
            return null;
        _first = first.Next;
        if (_first is null)
            _last = null;
        first.Next = null;
        return first;
    }

    // A connection only ever goes on: a late message can't reopen one that is closing.
    private void MoveTo(Phase phase)
    {
        if (phase > _phase)
            _phase = phase;
    }
}
