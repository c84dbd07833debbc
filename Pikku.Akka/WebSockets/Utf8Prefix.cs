using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Pikku.Akka.WebSockets;

/// <summary>Checks text that comes in pieces, each byte once and as soon as it is there.</summary>
internal static class Utf8Prefix
{
    private const int LongestCut = 3; // bytes of a character of four
    private const byte FirstLead = 0xC0; // below stand ASCII and the bytes that continue a character

    /// <summary>How far the bytes are whole characters, where at most the last one is unfinished; -1 when no bytes could make text of them.</summary>
    public static int Validate(ReadOnlySpan<byte> bytes)
    {
        var whole = bytes.Length;
        for (var i = bytes.Length - 1; i >= 0 && i >= bytes.Length - LongestCut; i--)
        {
            if (bytes[i] < FirstLead)
                continue;
            // Which covers overlong forms, surrogates and what is above U+10FFFF: none of them is a beginning of something.
            if (Rune.DecodeFromUtf8(bytes[i..], out _, out _) == OperationStatus.NeedMoreData)
                whole = i;
            break;
        }

        return Utf8.IsValid(bytes[..whole]) ? whole : -1;
    }
}
