using System.Globalization;
using System.Text;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventStreams;

/// <summary>
/// The position of an event stream, which the server keeps for the client: an event stream has one text as the id of an event, so it has to be complete. A client
/// that comes back sends the last one. Not thread-safe: the transport owns it.
/// </summary>
internal sealed class StreamPosition
{
    private readonly Dictionary<Origin, long> _numbers = [];

    // Also the numbers of origins that the server does not list any more, because they were quiet for a day: their next event is no hole.
    private readonly Dictionary<Origin, long> _known = [];
    private readonly Func<long> _minuteOfNow;
    private Origin _history;
    private long _minute;
    private int _replayLeft;

    /// <param name="start">The position behind which events follow.</param>
    /// <param name="replayed">The number of events that follow at once, because the client has missed them.</param>
    /// <param name="minuteOfNow">Returns the minutes since 1970.</param>
    public StreamPosition(string start, int replayed, Func<long> minuteOfNow)
    {
        _minuteOfNow = minuteOfNow;
        _replayLeft = replayed;
        Replace(start);
    }

    /// <summary>Takes the number of an event over.</summary>
    /// <param name="at">The number, as the event carries it.</param>
    /// <returns>
    /// False when events before it are missing, because the outbox has dropped them. The number counts nevertheless: the stream cannot ask for them, so the client
    /// has to be told.
    /// </returns>
    public bool TryAdvance(ReadOnlySpan<byte> at)
    {
        if (_replayLeft > 0)
            _replayLeft--;
        if (!TryRead(at, out var origin, out var number))
            return true;
        var last = _known.GetValueOrDefault(origin);
        _numbers[origin] = _known[origin] = Math.Max(last, number);
        return number <= last + 1;
    }

    /// <summary>Replaces the position by that of the server.</summary>
    /// <returns>False when it names events that the stream has not had.</returns>
    public bool TryRefresh(ReadOnlySpan<byte> position)
    {
        var known = new Dictionary<Origin, long>(_known);
        Replace(Encoding.ASCII.GetString(position));
        return _numbers.All(entry => entry.Value <= known.GetValueOrDefault(entry.Key));
    }

    /// <summary>The complete position. It is of now, unless events still follow that the client has missed: a younger minute would hide that they are missing.</summary>
    public override string ToString() =>
        new Position(_numbers, _history, _replayLeft > 0 ? _minute : Math.Max(_minute, _minuteOfNow())).ToString();

    private void Replace(string text)
    {
        _numbers.Clear();
        if (!Position.TryParse(text, out var position))
            return;
        foreach (var (origin, number) in position.Numbers)
            _numbers[origin] = _known[origin] = number;
        foreach (var (history, minute) in position.Histories)
            (_history, _minute) = (history, minute);
    }

    private static bool TryRead(ReadOnlySpan<byte> at, out Origin origin, out long number)
    {
        const int MaxLength = 64; // more than the name of an origin and the digits of a number
        (origin, number) = (default, 0);
        Span<char> text = stackalloc char[MaxLength];
        if (at.Length > MaxLength)
            return false;
        text = text[..Encoding.ASCII.GetChars(at, text)];
        var dot = text.IndexOf('.');
        return dot > 0 && Origin.TryParse(text[..dot], out origin)
            && long.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
