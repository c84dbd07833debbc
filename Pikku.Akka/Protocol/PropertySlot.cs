using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The last occurrence of a property during the scan of a message; like JSON.parse, the last of repeated properties counts.</summary>
internal struct PropertySlot
{
    private int _start;
    private int _valueStart;
    private int _end;

    public int Occurrences { get; private set; }

    public JsonTokenType Kind { get; private set; }

    public bool Escaped { get; private set; }

    /// <summary>True for a string or a number, which can name an action or correlate an answer.</summary>
    public readonly bool IsName => Kind is JsonTokenType.String or JsonTokenType.Number;

    public readonly Range Value => _valueStart.._end;

    /// <summary>Name and value.</summary>
    public readonly Range Property => _start.._end;

    /// <summary>Reads the property at whose name the reader is, to the end of its value.</summary>
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

    /// <summary>True when both are at the same position in the message.</summary>
    public readonly bool Is(in PropertySlot other) => _start == other._start;

    /// <summary>The content of a string without its quotes, or the text of a number.</summary>
    public readonly ReadOnlySpan<byte> Text(ReadOnlySpan<byte> message) =>
        Kind == JsonTokenType.String ? message[(_valueStart + 1)..(_end - 1)] : message[_valueStart.._end];
}
