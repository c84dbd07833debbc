using System.Globalization;

namespace Pikku.Akka.Testing;

/// <summary>The last messages of a connection in both directions, for the message of an expectation that was not met.</summary>
internal sealed class Transcript(TimeProvider clock)
{
    private const int Capacity = 20; // messages

    private readonly long _started = clock.GetTimestamp();
    private readonly Queue<string> _lines = [];

    public void Sent(string text) => Add("→", text);

    public void Received(string text) => Add("←", text);

    public void Note(string text) => Add("·", text);

    public override string ToString()
    {
        lock (_lines)
            return _lines.Count == 0 ? "  (none)" : string.Join(Environment.NewLine, _lines);
    }

    private void Add(string direction, string text)
    {
        lock (_lines)
        {
            var at = clock.GetElapsedTime(_started).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
            _lines.Enqueue($"  {at,9} {direction} {PikkuTestMessage.Shorten(text)}");
            if (_lines.Count > Capacity)
                _lines.Dequeue();
        }
    }
}
