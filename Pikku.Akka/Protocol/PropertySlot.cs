using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The last occurrence of a property while a message is scanned: of several, JSON.parse keeps the last.</summary>
internal struct PropertySlot
{
    private int _start;
    private int _valueStart;
    private int _end;

    public int Occurrences { get; private set; }

    public JsonTokenType Kind { get; private set; }

    public bool Escaped { get; private set; }

    /// <summary>A string or a number: what can name an action or correlate an answer.</summary>
    public readonly bool IsName => Kind is JsonTokenType.String or JsonTokenType.Number;

    public readonly Range Value => _valueStart.._end;

    /// <summary>Name and value.</summary>
    public readonly Range Property => _start.._end;

    /// <summary>Reads the property whose name the reader stands on, to the end of its value.</summary>
    public static PropertySlot Read(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Read();
        var slot = new PropertySlot
        {
            Kind = reader.TokenType,
            Escaped = reader.ValueIsEscaped,
            _start = start,
            _valueStart = (int)reader.TokenStartIndex,
        };
        reader.Skip();
        slot._end = (int)reader.BytesConsumed;
        return slot;
    }

    public void Replace(in PropertySlot later)
    {
        var occurrences = Occurrences + 1;
        this = later;
        Occurrences = occurrences;
    }

    /// <summary>True when both are the same place in the message.</summary>
    public readonly bool Is(in PropertySlot other) => _start == other._start;

    /// <summary>The inside of a string, the text of a number.</summary>
    public readonly ReadOnlySpan<byte> Text(ReadOnlySpan<byte> message) =>
        Kind == JsonTokenType.String ? message[(_valueStart + 1)..(_end - 1)] : message[_valueStart.._end];
}
