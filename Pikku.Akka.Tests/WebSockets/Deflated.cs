using System.IO.Compression;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The payload of a compressed message (RFC 7692 §7.2), made and read with the framework's streams.</summary>
internal static class Deflated
{
    public static byte[] Of(byte[] message)
    {
        if (message.Length == 0)
            return [0x00]; // §7.2.3.6, which the framework's stream does not write
        var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(message);
        deflate.Flush();
        return output.ToArray()[..^4];
    }

    public static byte[] Read(byte[] payload)
    {
        using var inflate = new DeflateStream(new MemoryStream([.. payload, 0x00, 0x00, 0xFF, 0xFF]), CompressionMode.Decompress);
        var output = new MemoryStream();
        inflate.CopyTo(output);
        return output.ToArray();
    }
}
