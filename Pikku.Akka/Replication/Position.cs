using System.Globalization;
using System.Text;

namespace Pikku.Akka.Replication;

/// <summary>
/// How far a client has the events of a topic: for each origin the last number up to which it has everything, and for each history the minute at which the
/// position was known to leave nothing out (rule P2). On the wire the entries are joined by commas: <c>3k9f….1841,~8q7b….29403511</c>. Immutable.
/// </summary>
internal sealed class Position
{
    private const char HistoryMark = '~';
    private const char EntrySeparator = ',';
    private const char NumberSeparator = '.';

    private readonly Dictionary<Origin, long> _numbers;
    private readonly Dictionary<Origin, long> _histories;

    /// <param name="numbers">The last number of each origin. The position takes the dictionary over.</param>
    /// <param name="history">The history.</param>
    /// <param name="minute">The minute since 1970 at which the position left nothing out.</param>
    public Position(Dictionary<Origin, long> numbers, Origin history, long minute)
        : this(numbers, new Dictionary<Origin, long> { [history] = minute })
    {
    }

    private Position(Dictionary<Origin, long> numbers, Dictionary<Origin, long> histories)
    {
        _numbers = numbers;
        _histories = histories;
    }

    /// <summary>The position of no history, which is always lost.</summary>
    public static Position Unknown { get; } = new([], []);

    /// <summary>
    /// When the node that judges the position took it itself, to load a snapshot, in milliseconds of its monotonic clock; null for the position of a client.
    /// </summary>
    public long? TakenAt { get; init; }

    /// <summary>The last number of each origin up to which the client has everything.</summary>
    public IReadOnlyDictionary<Origin, long> Numbers => _numbers;

    /// <summary>The minute of each history; a position that a node has written has one.</summary>
    public IReadOnlyDictionary<Origin, long> Histories => _histories;

    /// <summary>The last number of an origin; 0 when the position does not name it.</summary>
    public long this[Origin origin] => _numbers.GetValueOrDefault(origin);

    /// <summary>Reads a position. An entry that is named twice counts with its greater number, and empty entries are ignored.</summary>
    /// <returns>False when the text is not a position.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Position position)
    {
        var (numbers, histories) = (new Dictionary<Origin, long>(), new Dictionary<Origin, long>());
        position = new Position(numbers, histories);
        foreach (var range in text.Split(EntrySeparator))
        {
            var entry = text[range].Trim(' ');
            if (entry.IsEmpty)
                continue;
            var entries = entry[0] == HistoryMark ? histories : numbers;
            var name = entry[0] == HistoryMark ? entry[1..] : entry;
            var dot = name.IndexOf(NumberSeparator);
            if (dot < 0 || !Origin.TryParse(name[..dot], out var origin)
                || !long.TryParse(name[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;
            entries[origin] = Math.Max(number, entries.GetValueOrDefault(origin));
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder((_numbers.Count + _histories.Count) * (Origin.TextLength + 12));
        foreach (var (origin, number) in _numbers)
            Append(text, origin, number);
        foreach (var (history, minute) in _histories)
        {
            Separate(text).Append(HistoryMark);
            AppendEntry(text, history, minute);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Origin origin, long number)
    {
        Separate(text);
        AppendEntry(text, origin, number);
    }

    private static void AppendEntry(StringBuilder text, Origin origin, long number) =>
        text.Append(origin.ToString()).Append(NumberSeparator).Append(number.ToString(CultureInfo.InvariantCulture));

    private static StringBuilder Separate(StringBuilder text) => text.Length > 0 ? text.Append(EntrySeparator) : text;
}
