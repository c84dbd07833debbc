using System.Buffers;

namespace Pikku.Akka.Protocol;

/// <summary>The data of a flat message (contract B2).</summary>
internal static class FlatData
{
    /// <summary>Writes the message without the routing property that was found; all other bytes as they came.</summary>
    public static void Without(ReadOnlySpan<byte> message, in ScannedMessage scanned, IBufferWriter<byte> writer)
    {
        if (scanned.Key is not { } key)
        {
            writer.Write(message);
            return;
        }

        if (scanned.RepeatsKey)
        {
            var copy = writer.GetSpan(message.Length);
            message.CopyTo(copy);
            writer.Advance(JsonObjectText.Remove(copy[..message.Length], key.Utf8));
            return;
        }

        // One comma goes with the property: the one behind it, or before the last property the one in front.
        var (start, end) = (scanned.KeyProperty.Start, scanned.KeyProperty.End);
        var next = end;
        while (JsonText.IsWhiteSpace(message[next]))
            next++;
        if (message[next] == ',')
        {
            end = next + 1;
        }
        else
        {
            var previous = start - 1;
            while (JsonText.IsWhiteSpace(message[previous]))
                previous--;
            if (message[previous] == ',')
                start = previous;
        }

        writer.Write(message[..start]);
        writer.Write(message[end..]);
    }
}
