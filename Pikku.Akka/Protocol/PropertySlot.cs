using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The last occurrence of a property while a message is scanned: of several, JSON.parse keeps the last.</summary>
internal struct PropertySlot
{
    private int _valueStart;
    private int _end;

    public int Start { get; private set; }

    public int Occurrences { get; private set; }

    public JsonTokenType Kind { get; private set; }

    public bool Escaped { get; private set; }

    /// <summary>A string or a number: what can name an action or correlate an answer.</summary>
    public readonly bool IsName => Kind is JsonTokenType.String or JsonTokenType.Number;

    public readonly TextRange Value => new(_valueStart, _end - _valueStart);

    public readonly TextRange Property => new(Start, _end - Start);

    /// <summary>Reads the property whose name the reader stands on, to the end of its value.</summary>
    public static PropertySlot Read(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Read();
        var slot = new PropertySlot
        {
            Start = start,
            Kind = reader.TokenType,
            Escaped = reader.ValueIsEscaped,
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

    /// <summary>The inside of a string, the text of a number.</summary>
    public readonly ReadOnlySpan<byte> Text(ReadOnlySpan<byte> utf8)
    {
        var token = Value.Of(utf8);
        return Kind == JsonTokenType.String ? token[1..^1] : token;
    }
}
