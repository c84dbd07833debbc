using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <summary>
/// The inbound queue of one connection: the waiting messages, and the running turns, whose number is limited by the in-flight window. The counterpart of
/// <see cref="OutboundQueue"/>. Does not depend on actors or sockets; one caller at a time.
/// </summary>
/// <param name="maxInFlight">The maximum number of running turns (B7). If it is greater than one, each turn has one message.</param>
internal sealed class InboundQueue(int maxInFlight)
{
    private const int MaxTurn = 32; // messages: large enough to amortize the cost of the hops, small enough not to delay other connections

    private InboundMessage? _first; // the first waiting message; the others are linked through InboundMessage.Next
    private InboundMessage? _last;
    private int _inFlight;

    /// <summary>The oldest running turn; the others are linked through <see cref="InboundTurn.Next"/>. Null for none.</summary>
    public InboundTurn? OldestTurn { get; private set; }

    /// <summary>True when no turn runs.</summary>
    public bool IsIdle => _inFlight == 0;

    /// <summary>True when no turn runs and no message waits.</summary>
    public bool IsEmpty => IsIdle && _first is null;

    /// <summary>The first waiting message; the others are linked through <see cref="InboundMessage.Next"/>. Null for none.</summary>
    public InboundMessage? FirstWaiting => _first;

    /// <summary>Adds a message after those that wait.</summary>
    public void Enqueue(InboundMessage message)
    {
        if (_last is null)
            _first = message;
        else
            _last.Next = message;
        _last = message;
    }

    /// <summary>
    /// Creates the next turn, which uses a slot of the window: one message, or several waiting messages of the client. Returns null when the window is full or no
    /// message waits.
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

    /// <summary>Creates a turn for a message that does not wait for the window: <c>onConnect</c> and <c>onDisconnect</c>.</summary>
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

    /// <summary>Releases the slot of a turn that has ended by itself or by its deadline.</summary>
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

    /// <summary>Puts the messages that a turn has left before those that wait.</summary>
    /// <param name="first">The first message of a linked list.</param>
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

    /// <summary>Takes all waiting messages as a linked list; null for none.</summary>
    public InboundMessage? TakeWaiting()
    {
        var first = _first;
        _first = _last = null;
        return first;
    }
}
