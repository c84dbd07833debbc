using System.Buffers;

namespace Pikku.Akka.Protocol;

/// <summary>The data of a flat message: everything but the routing property (contract B2).</summary>
internal static class FlatData
{
    /// <summary>Writes a scanned message without the routing property that was found; all other bytes as they came.</summary>
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

        // One comma goes with the property: the one behind it, or before the last property the one in front.
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

    /// <summary>Writes a JSON object without one of its properties, wherever and however often it stands.</summary>
    public static void Without(ReadOnlySpan<byte> json, ReadOnlySpan<byte> property, IBufferWriter<byte> output)
    {
        var copy = output.GetSpan(json.Length)[..json.Length];
        json.CopyTo(copy);
        output.Advance(JsonObjectText.Remove(copy, property));
    }
}
