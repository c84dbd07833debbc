using System.Buffers;
using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The data of a flat message: everything but the routing property (B2).</summary>
internal static class FlatData
{
    /// <summary>Writes a JSON object without one of its properties, wherever and however often it stands.</summary>
    public static void Without(ReadOnlySpan<byte> json, ReadOnlySpan<byte> property, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        output.Write("{"u8);
        var first = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isIt = reader.ValueTextEquals(property);
            reader.Read();
            reader.Skip();
            if (isIt)
                continue;
            if (!first)
                output.Write(","u8);
            first = false;
            output.Write(json[start..(int)reader.BytesConsumed]);
        }

        output.Write("}"u8);
    }

    /// <summary>True when a JSON object has a property of this name at its top.</summary>
    public static bool Has(ReadOnlySpan<byte> json, ReadOnlySpan<byte> property)
    {
        // Cheap first: most results do not even contain the text of the routing key. An escaped name would hide it.
        if (json.IndexOf(property) < 0 && json.IndexOf((byte)'\\') < 0)
            return false;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(property))
                return true;
            reader.Read();
            reader.Skip();
        }

        return false;
    }
}
