using System.Collections;
using Akka.Event;
using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Hosting;

/// <summary>
/// One log entry of Akka as the state of an entry of the application's log: the values of its template by their names, the path of the actor or what else has logged
/// (<c>Source</c>), and the template (<c>{OriginalFormat}</c>).
/// </summary>
internal sealed class AkkaLine : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly List<KeyValuePair<string, object?>> _values = [];
    private readonly string _text;

    /// <param name="text">The text.</param>
    /// <param name="line">The entry.</param>
    public AkkaLine(string text, LogEvent line)
    {
        _text = $"{text} ({line.LogSource})";
        var message = line.Message as LogMessage;
        if (message is not null)
            foreach (var (name, value) in message.GetProperties())
                _values.Add(new(name, value));
        _values.Add(new("Source", line.LogSource));
        _values.Add(new("{OriginalFormat}", message?.Format ?? _text));
    }

    /// <summary>The id of all entries of Akka.</summary>
    public static EventId Id { get; } = new(80, "OfAkka");

    public int Count => _values.Count;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => _text;
}
