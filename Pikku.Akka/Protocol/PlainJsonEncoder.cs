using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Escapes what JSON requires (RFC 8259 §7: quotation mark, backslash, control characters) and writes everything else as UTF-8. The encoders of
/// the framework escape for HTML, and even the relaxed one turns each emoji into twelve bytes; a WebSocket message is not HTML.
/// </summary>
internal sealed class PlainJsonEncoder : JavaScriptEncoder
{
    public static readonly PlainJsonEncoder Instance = new();

    private const int LongestEscape = 6; // \u001f

    private static readonly string s_escaped = new([.. Enumerable.Range(0, ' ').Select(unit => (char)unit), '"', '\\']);
    private static readonly SearchValues<char> s_chars = SearchValues.Create(s_escaped);
    private static readonly SearchValues<byte> s_bytes = SearchValues.Create(Encoding.ASCII.GetBytes(s_escaped));

    private PlainJsonEncoder() { }

    public override int MaxOutputCharactersPerInputCharacter => LongestEscape;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < ' ' or '"' or '\\';

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) => IndexOfFirst(new ReadOnlySpan<char>(text, textLength));

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        var index = utf8Text.IndexOfAny(s_bytes);
        var plain = index < 0 ? utf8Text : utf8Text[..index];
        return Utf8.IsValid(plain) ? index : IndexOfInvalid(plain);
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var destination = new Span<char>(buffer, bufferLength);
        if (!WillEncode(unicodeScalar))
            return new Rune(unicodeScalar).TryEncodeToUtf16(destination, out numberOfCharactersWritten);
        Span<char> escape = stackalloc char[LongestEscape];
        numberOfCharactersWritten = Escape((char)unicodeScalar, escape);
        if (escape[..numberOfCharactersWritten].TryCopyTo(destination))
            return true;
        numberOfCharactersWritten = 0;
        return false;
    }

    // The base class processes one character at a time. JSON writers always provide enough room, so text without escapes is copied at once here.
    public override OperationStatus Encode(
        ReadOnlySpan<char> source, Span<char> destination, out int charsConsumed, out int charsWritten, bool isFinalBlock = true)
    {
        if (!isFinalBlock || destination.Length / LongestEscape < source.Length)
            return base.Encode(source, destination, out charsConsumed, out charsWritten, isFinalBlock);
        charsConsumed = charsWritten = 0;
        while (true)
        {
            var rest = source[charsConsumed..];
            var index = IndexOfFirst(rest);
            var plain = index < 0 ? rest : rest[..index];
            plain.CopyTo(destination[charsWritten..]);
            charsConsumed += plain.Length;
            charsWritten += plain.Length;
            if (index < 0)
                return OperationStatus.Done;
            // A lone surrogate is not valid Unicode: U+FFFD replaces it.
            charsWritten += char.IsSurrogate(rest[index])
                ? Rune.ReplacementChar.EncodeToUtf16(destination[charsWritten..])
                : Escape(rest[index], destination[charsWritten..]);
            charsConsumed++;
        }
    }

    public override OperationStatus EncodeUtf8(
        ReadOnlySpan<byte> utf8Source, Span<byte> utf8Destination, out int bytesConsumed, out int bytesWritten, bool isFinalBlock = true)
    {
        if (!isFinalBlock || utf8Destination.Length / LongestEscape < utf8Source.Length || !Utf8.IsValid(utf8Source))
            return base.EncodeUtf8(utf8Source, utf8Destination, out bytesConsumed, out bytesWritten, isFinalBlock);
        bytesConsumed = bytesWritten = 0;
        Span<char> escape = stackalloc char[LongestEscape];
        while (true)
        {
            var rest = utf8Source[bytesConsumed..];
            var index = rest.IndexOfAny(s_bytes);
            var plain = index < 0 ? rest : rest[..index];
            plain.CopyTo(utf8Destination[bytesWritten..]);
            bytesConsumed += plain.Length;
            bytesWritten += plain.Length;
            if (index < 0)
                return OperationStatus.Done;
            var length = Escape((char)rest[index], escape);
            bytesWritten += Encoding.ASCII.GetBytes(escape[..length], utf8Destination[bytesWritten..]);
            bytesConsumed++;
        }
    }

    private static int IndexOfFirst(ReadOnlySpan<char> text)
    {
        var index = text.IndexOfAny(s_chars);
        var plain = index < 0 ? text : text[..index];
        var at = 0;
        while (plain[at..].IndexOfAnyInRange('\ud800', '\udfff') is >= 0 and var surrogate)
        {
            at += surrogate;
            if (at + 1 >= plain.Length || !char.IsSurrogatePair(plain[at], plain[at + 1]))
                return at;
            at += 2;
        }

        return index;
    }

    private static int IndexOfInvalid(ReadOnlySpan<byte> text)
    {
        var index = 0;
        while (Rune.DecodeFromUtf8(text[index..], out _, out var length) == OperationStatus.Done)
            index += length;
        return index;
    }

    private static int Escape(char character, Span<char> destination)
    {
        destination[0] = '\\';
        destination[1] = character switch
        {
            '\b' => 'b',
            '\f' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '"' or '\\' => character,
            _ => 'u',
        };
        if (destination[1] != 'u')
            return 2;
        destination[2] = destination[3] = '0';
        destination[4] = (char)('0' + (character >> 4));
        destination[5] = "0123456789abcdef"[character & 0xf];
        return LongestEscape;
    }
}
