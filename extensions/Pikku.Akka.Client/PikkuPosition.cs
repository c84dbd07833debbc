namespace Pikku.Akka.Clients;

/// <summary>
/// How far the client has the events of a topic: for each origin, the number of the last event. Each origin numbers its events 1, 2, 3 …, and the client takes
/// an event only if its number is the next one, so a position never hides a missing event. The server adds entries that begin with <c>~</c>; the client
/// returns them unchanged.
/// </summary>
internal sealed class PikkuPosition
{
    private const char HistoryMark = '~';

    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);

    /// <summary>Reads a position. Of an entry that is named twice, the greater number counts; what is not an entry is ignored.</summary>
    public static PikkuPosition Read(string text)
    {
        var position = new PikkuPosition();
        foreach (var entry in text.Split(','))
        {
            if (TryRead(entry.Trim(), out var origin, out var number))
                position._numbers[origin] = Math.Max(number, position.NumberOf(origin));
        }

        return position;
    }

    /// <summary>Reads an entry of a position, such as <c>k3f9.1841</c>.</summary>
    public static bool TryRead(string entry, out string origin, out long number)
    {
        var dot = entry.IndexOf('.');
        (origin, number) = (dot > 0 ? entry.Substring(0, dot) : "", 0);
        return dot > 0 && long.TryParse(entry.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Judges an event and, if it is the next one of its origin, advances to it.</summary>
    public PikkuProgress Advance(string origin, long number)
    {
        var last = NumberOf(origin);
        if (number <= last)
            return PikkuProgress.Repeated;
        if (number - 1 != last)
            return PikkuProgress.Hole;
        _numbers[origin] = number;
        return PikkuProgress.Next;
    }

    /// <summary>Returns true if the event is not behind this position.</summary>
    public bool Covers(string origin, long number) => number <= NumberOf(origin);

    /// <summary>Returns true if every event of another position is one of this position.</summary>
    public bool Covers(PikkuPosition other) => other._numbers.All(entry => entry.Key[0] == HistoryMark || Covers(entry.Key, entry.Value));

    /// <summary>Returns the text that the server reads.</summary>
    public override string ToString() =>
        string.Join(",", _numbers.Select(entry => $"{entry.Key}.{entry.Value.ToString(CultureInfo.InvariantCulture)}"));

    private long NumberOf(string origin) => _numbers.TryGetValue(origin, out var number) ? number : 0;
}
