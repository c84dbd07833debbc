using System.Buffers;

namespace Pikku.Akka.Protocol;

/// <summary>The data of a flat message: everything except the routing property (rule B2).</summary>
internal static class FlatData
{
    /// <summary>Writes a scanned message without its routing property; all other bytes are unchanged.</summary>
    public static void Without(ReadOnlySpan<byte> message, in ScannedMessage scanned, RoutingTable routes, IBufferWriter<byte> output)
    {
        if (scanned.Key < 0)
        {
            output.Write(message);
            return;
        }

        if (scanned.RepeatsKey)
        {
            Without(message, routes.Utf8KeyOf(scanned.Key), output);
            return;
        }

        // One comma is removed with the property: the one after it, or for the last property the one before it.
        var (start, end) = (scanned.Property.Start.Value, scanned.Property.End.Value);
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

        output.Write(message[..start]);
        output.Write(message[end..]);
    }

    /// <summary>Writes a JSON object without all occurrences of one of its properties.</summary>
    public static void Without(ReadOnlySpan<byte> json, ReadOnlySpan<byte> property, IBufferWriter<byte> output)
    {
        var copy = output.GetSpan(json.Length)[..json.Length];
        json.CopyTo(copy);
        output.Advance(JsonObjectText.Remove(copy, property));
    }
}
