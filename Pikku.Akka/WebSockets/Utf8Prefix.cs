using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Pikku.Akka.WebSockets;

/// <summary>Validates UTF-8 text that arrives in pieces. Checks each byte once, as soon as it arrives.</summary>
internal static class Utf8Prefix
{
    private const int LongestCut = 3; // bytes of an incomplete character of four bytes
    private const byte FirstLead = 0xC0; // smaller values are ASCII and continuation bytes

    /// <summary>Returns the length of the complete characters, of which at most the last one may be incomplete; -1 when the bytes are not valid text.</summary>
    public static int Validate(ReadOnlySpan<byte> bytes)
    {
        var whole = bytes.Length;
        for (var i = bytes.Length - 1; i >= 0 && i >= bytes.Length - LongestCut; i--)
        {
            if (bytes[i] < FirstLead)
                continue;
            // This also covers overlong forms, surrogates and values above U+10FFFF, which are never reported as incomplete.
            if (Rune.DecodeFromUtf8(bytes[i..], out _, out _) == OperationStatus.NeedMoreData)
                whole = i;
            break;
        }

        return Utf8.IsValid(bytes[..whole]) ? whole : -1;
    }
}
