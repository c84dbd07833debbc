using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <summary>
/// The way in of one connection: the messages that wait, and the turns that are under way, as many as the window allows. Mirrors
/// <see cref="OutboundQueue"/>. Without actors and sockets; one caller at a time.
/// </summary>
/// <param name="maxInFlight">How many turns may be under way at once (B7). When it is more than one, each turn has one message.</param>
internal sealed class InboundQueue(int maxInFlight)
{
    private const int MaxTurn = 32; // messages: enough to share the cost of the hops, few enough to keep nobody waiting

    private InboundMessage? _first; // of those that wait, a line by InboundMessage.Next
    private InboundMessage? _last;
    private int _inFlight;

    /// <summary>The oldest turn under way; the others follow by <see cref="InboundTurn.Next"/>. Null for none.</summary>
    public InboundTurn? OldestTurn { get; private set; }

    /// <summary>True when nothing is under way.</summary>
    public bool IsIdle => _inFlight == 0;

    /// <summary>True when nothing is under way and nothing waits.</summary>
    public bool IsEmpty => IsIdle && _first is null;

    /// <summary>Adds a message behind those that wait.</summary>
    public void Enqueue(InboundMessage message)
    {
        if (_last is null)
            _first = message;
        else
            _last.Next = message;
        _last = message;
    }

    /// <summary>
    /// Takes what may be on its way next, and a place of the window for it: one message, or several messages of the client that wait
    /// together. Null when the window is full or nothing waits.
    /// </summary>
    public InboundTurn? TryStartTurn()
    {
        if (_inFlight >= maxInFlight || _first is not { } first)
            return null;
        var last = first;
        if (maxInFlight == 1 && first.SharesTurn)
        {
            for (var count = 1; count < MaxTurn && last.Next is { SharesTurn: true } next; count++)
                last = next;
        }

        _first = last.Next;
        if (_first is null)
            _last = null;
        last.Next = null;
        return StartTurn(first);
    }

    /// <summary>Takes a place for a message that does not wait, whether or not the window has one: <c>onConnect</c> and <c>onDisconnect</c>.</summary>
    public InboundTurn StartTurn(InboundMessage message)
    {
        var turn = new InboundTurn(message) { IsInFlight = true };
        if (OldestTurn is not { } other)
        {
            OldestTurn = turn;
        }
        else
        {
            while (other.Next is { } next)
                other = next;
            other.Next = turn;
        }

        _inFlight++;
        return turn;
    }

    /// <summary>A turn has ended, or its deadline has ended it: returns its place of the window.</summary>
    public void EndTurn(InboundTurn turn)
    {
        if (OldestTurn == turn)
        {
            OldestTurn = turn.Next;
        }
        else
        {
            var before = OldestTurn!;
            while (before.Next != turn)
                before = before.Next!;
            before.Next = turn.Next;
        }

        turn.Next = null;
        turn.IsInFlight = false;
        _inFlight--;
    }

    /// <summary>Puts what a turn has left in front of those that wait.</summary>
    /// <param name="first">The first of a chain.</param>
    public void PutBack(InboundMessage first)
    {
        var last = first;
        while (true)
        {
            last.Turn = null;
            if (last.Next is not { } next)
                break;
            last = next;
        }

        last.Next = _first;
        _first = first;
        _last ??= last;
    }

    /// <summary>Takes what waits, as a chain; null for nothing.</summary>
    public InboundMessage? TakeWaiting()
    {
        var first = _first;
        _first = _last = null;
        return first;
    }
}
