using System.Text;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// The rules of RFC 6455 for a server, case by case: framing, masks, reserved bits, opcodes, control frames, fragments, UTF-8, closing, limits.
/// Each input is read as a whole, byte by byte, and cut once at every place. The result must always be the same.
/// </summary>
public sealed class FrameReaderSpec
{
    private const byte Fragment = 0x00;
    private const byte FirstText = 0x01;
    private const byte FirstBinary = 0x02;

    public static TheoryData<string, byte[], string[]> Framing() => new()
    {
        { "nothing", [], [] },
        { "an empty text", F(RawFrame.Text, ""), ["text "] },
        { "an empty binary message", F(RawFrame.Binary, ""), ["binary "] },
        { "a text", F(RawFrame.Text, "hello"), ["text hello"] },
        { "a binary message", F(RawFrame.Binary, [0, 0xFF, 0x80]), ["binary 00FF80"] },
        { "two messages", [.. F(RawFrame.Text, "a"), .. F(RawFrame.Text, "b")], ["text a", "text b"] },
        { "125 bytes", F(RawFrame.Text, Ascii(125)), [$"text {Ascii(125)}"] },
        { "126 bytes", F(RawFrame.Text, Ascii(126)), [$"text {Ascii(126)}"] },
        { "127 bytes", F(RawFrame.Text, Ascii(127)), [$"text {Ascii(127)}"] },
        { "a mask of zeros", [RawFrame.Text, 0x82, 0, 0, 0, 0, (byte)'h', (byte)'i'], ["text hi"] },
        { "half of a header", [RawFrame.Text], [Transcript.Unfinished] },
        { "half of a payload", F(RawFrame.Text, "hello")[..^2], [Transcript.Unfinished] },
        { "no mask", RawFrame.Bytes(RawFrame.Text, "a"u8, masked: false), ["broken 1002"] },
        { "no mask on nothing", RawFrame.Bytes(RawFrame.Text, default, masked: false), ["broken 1002"] },
        { "no mask on a ping", RawFrame.Bytes(RawFrame.Ping, default, masked: false), ["broken 1002"] },
        { "no mask on the second frame", [.. F(RawFrame.Text, "a"), .. RawFrame.Bytes(RawFrame.Text, "b"u8, masked: false)], ["text a", "broken 1002"] },
        { "125 bytes in a length of 16 bits", [RawFrame.Text, 0xFE, 0, 125, 1, 2, 3, 4], ["broken 1002"] },
        { "no byte in a length of 16 bits", [RawFrame.Text, 0xFE, 0, 0, 1, 2, 3, 4], ["broken 1002"] },
        { "126 bytes in a length of 64 bits", [RawFrame.Text, 0xFF, 0, 0, 0, 0, 0, 0, 0, 126, 1, 2, 3, 4], ["broken 1002"] },
        { "65535 bytes in a length of 64 bits", [RawFrame.Text, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], ["broken 1002"] },
        { "a length of 2^63", [RawFrame.Text, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], ["broken 1002"] },
        { "all bits of a length", [RawFrame.Text, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], ["broken 1002"] },
    };

    public static TheoryData<string, byte[], string[]> ReservedBitsAndOpcodes()
    {
        var cases = new TheoryData<string, byte[], string[]>();
        for (var bits = 0x10; bits <= 0x70; bits += 0x10)
            foreach (var first in new[] { RawFrame.Text, RawFrame.Binary, FirstText, RawFrame.Ping, RawFrame.Pong, RawFrame.Close })
                cases.Add($"reserved bits {bits:X} on {first:X}", F((byte)(first | bits), ""), first == RawFrame.Close ? ["broken 1002", "closed"] : ["broken 1002"]);
        foreach (var opcode in new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 })
        {
            cases.Add($"opcode {opcode}", F((byte)(0x80 | opcode), ""), ["broken 1002"]);
            cases.Add($"opcode {opcode} with a payload, between others", [.. F(RawFrame.Text, "a"), .. F((byte)(0x80 | opcode), "b"), .. F(RawFrame.Text, "c")], ["text a", "broken 1002"]);
            cases.Add($"opcode {opcode} as a fragment", F((byte)opcode, "a"), ["broken 1002"]);
        }

        return cases;
    }

    public static TheoryData<string, byte[], string[]> Control() => new()
    {
        { "an empty ping", F(RawFrame.Ping, ""), ["ping "] },
        { "a ping", F(RawFrame.Ping, "hi"), ["ping 6869"] },
        { "a ping of any bytes", F(RawFrame.Ping, [0, 0xFF, 0xFE]), ["ping 00FFFE"] },
        { "a ping of 125 bytes", F(RawFrame.Ping, new byte[125]), [$"ping {new string('0', 250)}"] },
        { "a ping of 126 bytes", F(RawFrame.Ping, new byte[126]), ["broken 1002"] },
        { "ten pings", [.. Enumerable.Range(0, 10).SelectMany(i => F(RawFrame.Ping, [(byte)i]))], [.. Enumerable.Range(0, 10).Select(i => $"ping 0{i}")] },
        { "a pong that nobody asked for", F(RawFrame.Pong, "hi"), ["pong"] },
        { "a pong of 125 bytes", F(RawFrame.Pong, new byte[125]), ["pong"] },
        { "a pong of 126 bytes", F(RawFrame.Pong, new byte[126]), ["broken 1002"] },
        { "a ping in a length of 64 bits", [RawFrame.Ping, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1], ["broken 1002"] },
        { "a fragmented ping", F(RawFrame.Ping & RawFrame.Unfinished, ""), ["broken 1002"] },
        { "a fragmented pong", F(RawFrame.Pong & RawFrame.Unfinished, ""), ["broken 1002"] },
        { "a fragmented close", F(RawFrame.Close & RawFrame.Unfinished, ""), ["broken 1002", "closed"] },
    };

    public static TheoryData<string, byte[], string[]> Fragments() => new()
    {
        { "two fragments", [.. F(FirstText, "he"), .. F(RawFrame.Continuation, "llo")], ["text hello"] },
        { "two binary fragments", [.. F(FirstBinary, [1]), .. F(RawFrame.Continuation, [0xFF])], ["binary 01FF"] },
        { "empty fragments", [.. F(FirstText, ""), .. F(Fragment, ""), .. F(RawFrame.Continuation, "")], ["text "] },
        { "empty ends", [.. F(FirstText, ""), .. F(Fragment, "x"), .. F(RawFrame.Continuation, "")], ["text x"] },
        { "no end", [.. F(FirstText, "a"), .. F(Fragment, "b")], [Transcript.Unfinished] },
        { "a ping between", [.. F(FirstText, "a"), .. F(RawFrame.Ping, "p"), .. F(RawFrame.Continuation, "b")], ["ping 70", "text ab"] },
        { "pings and pongs between", [.. F(FirstBinary, "a"), .. F(RawFrame.Pong, "p"), .. F(Fragment, ""), .. F(RawFrame.Ping, ""), .. F(RawFrame.Continuation, "b")], ["pong", "ping ", "binary 6162"] },
        { "a close between", [.. F(FirstText, "a"), .. Closing(1000), .. F(RawFrame.Continuation, "b")], ["close 1000"] },
        { "a message after one of fragments", [.. F(FirstText, "a"), .. F(RawFrame.Continuation, "b"), .. F(RawFrame.Text, "c")], ["text ab", "text c"] },
        { "a continuation of nothing", F(RawFrame.Continuation, "a"), ["broken 1002"] },
        { "a fragment of nothing", F(Fragment, "a"), ["broken 1002"] },
        { "a continuation after a message", [.. F(RawFrame.Text, "a"), .. F(RawFrame.Continuation, "b")], ["text a", "broken 1002"] },
        { "a continuation after fragments", [.. F(FirstText, "a"), .. F(RawFrame.Continuation, "b"), .. F(RawFrame.Continuation, "c")], ["text ab", "broken 1002"] },
        { "a text within a text", [.. F(FirstText, "a"), .. F(RawFrame.Text, "b")], ["broken 1002"] },
        { "a first fragment within a message", [.. F(FirstText, "a"), .. F(FirstBinary, "b")], ["broken 1002"] },
        { "a binary message within a text", [.. F(FirstText, "a"), .. F(RawFrame.Binary, "b")], ["broken 1002"] },
        { "as many fragments as may be", Many(Transcript.MaxFragments, end: true), ["text aaaaaaaa"] },
        { "as many fragments as may be, twice", [.. Many(Transcript.MaxFragments, end: true), .. Many(Transcript.MaxFragments, end: true)], ["text aaaaaaaa", "text aaaaaaaa"] },
        { "a fragment too many", Many(Transcript.MaxFragments + 1, end: true), ["broken 1008"] },
        { "fragments without end", Many(100, end: false), ["broken 1008"] },
        { "empty fragments without end", [.. F(FirstBinary, ""), .. Enumerable.Repeat(F(Fragment, ""), 100).SelectMany(f => f)], ["broken 1008"] },
    };

    public static TheoryData<string, byte[], string[]> Text()
    {
        var cases = new TheoryData<string, byte[], string[]>();
        foreach (var text in new[] { "κόσμε", "Hello-µ@ßöäüàá-UTF-8!!", "€", "😀", "\0", "\u007F\u0080\u07FF\u0800\uD7FF\uE000\uFFFD\uFFFE\uFFFF", "\U00010000\U0010FFFF", "\uFEFF" })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            cases.Add($"{text} in one frame", F(RawFrame.Text, bytes), [$"text {text}"]);
            for (var i = 1; i < bytes.Length; i++)
                cases.Add($"{text} in fragments cut at {i}", [.. F(FirstText, bytes[..i]), .. F(Fragment, ""), .. F(RawFrame.Continuation, bytes[i..])], [$"text {text}"]);
        }

        foreach (var hex in new[]
        {
            "80", "BF", "8080", "C0", "C080", "C0AF", "C1BF", "C3", "C328", "E2", "E282", "E28228", "E08080", "E09FBF", "E0", "EDA080", "EDBFBF", "EDADBFEDBFBF",
            "F0", "F09F", "F09F98", "F0808080", "F08FBFBF", "F4908080", "F5808080", "F888808080", "FC8480808080", "FE", "FF", "CEBA80",
        })
        {
            var bytes = Convert.FromHexString(hex);
            cases.Add($"{hex} alone", F(RawFrame.Text, bytes), ["broken 1007"]);
            cases.Add($"{hex} within", F(RawFrame.Text, [.. "abcd"u8, .. bytes, .. "efgh"u8]), ["broken 1007"]);
            cases.Add($"{hex} at the end of fragments", [.. F(FirstText, "abc"), .. F(RawFrame.Continuation, bytes)], ["broken 1007"]);
            cases.Add($"{hex} as a binary message", F(RawFrame.Binary, bytes), [$"binary {hex}"]);
        }

        // The error is reported at once, although the message is not complete.
        cases.Add("an overlong form that goes on", F(FirstText, [0xE0, 0x80]), ["broken 1007"]);
        cases.Add("a surrogate in the first bytes of a frame", F(RawFrame.Text, [0xED, 0xA0, .. new byte[900]])[..10], ["broken 1007"]);
        cases.Add("a character of which nothing more comes yet", F(FirstText, [0xE2, 0x82]), [Transcript.Unfinished]);
        cases.Add("a ping within a character", [.. F(FirstText, [0xE2]), .. F(RawFrame.Ping, [0xFF]), .. F(RawFrame.Continuation, [0x82, 0xAC])], ["ping FF", "text €"]);
        cases.Add("a character that the next message ends", [.. F(RawFrame.Text, [0xE2]), .. F(RawFrame.Text, [0x82, 0xAC])], ["broken 1007"]);
        return cases;
    }

    public static TheoryData<string, byte[], string[]> Closes()
    {
        var cases = new TheoryData<string, byte[], string[]>
        {
            { "a close without a code", F(RawFrame.Close, ""), ["close 1005"] },
            { "a close of one byte", F(RawFrame.Close, [3]), ["broken 1002", "closed"] },
            { "a close with a reason", Closing(1000, "so long"), ["close 1000"] },
            { "a close with the longest reason", Closing(1000, Ascii(123)), ["close 1000"] },
            { "a close with too long a reason", Closing(1000, Ascii(124)), ["broken 1002", "closed"] },
            { "a close reason that is not UTF-8", F(RawFrame.Close, [3, 0xE8, 0xCE, 0xBA, 0xED, 0xA0, 0x80]), ["broken 1007", "closed"] },
            { "a close reason that ends within a character", F(RawFrame.Close, [3, 0xE8, 0xE2, 0x82]), ["broken 1007", "closed"] },
            { "a message after a close", [.. Closing(1000), .. F(RawFrame.Text, "late")], ["close 1000"] },
            { "nonsense after a close", [.. Closing(1000), 0xFF, 0xFF, 0xFF], ["close 1000"] },
            { "a second close", [.. Closing(1000), .. Closing(1001)], ["close 1000"] },
            { "a ping before a close", [.. F(RawFrame.Ping, ""), .. Closing(1001)], ["ping ", "close 1001"] },
        };
        foreach (var code in new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 })
            cases.Add($"close {code}", Closing(code), [$"close {code}"]);
        foreach (var code in new[] { 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 })
            cases.Add($"close {code}", Closing(code), ["broken 1002", "closed"]);
        return cases;
    }

    public static TheoryData<string, byte[], string[]> Limits() => new()
    {
        { "a message of the limit", F(RawFrame.Text, Ascii(Transcript.MaxMessage)), [$"text {Ascii(Transcript.MaxMessage)}"] },
        { "the header of one above", RawFrame.Header(RawFrame.Text, Transcript.MaxMessage + 1), ["broken 1009"] },
        { "a header of 65536", RawFrame.Header(RawFrame.Binary, 65536), ["broken 1009"] },
        { "a header of 2^32", RawFrame.Header(RawFrame.Binary, 1UL << 32), ["broken 1009"] },
        { "a header of 2^62", RawFrame.Header(RawFrame.Binary, 1UL << 62), ["broken 1009"] },
        { "a header of 2^63 - 1", RawFrame.Header(RawFrame.Binary, long.MaxValue), ["broken 1009"] },
        { "fragments of the limit", [.. F(FirstText, Ascii(600)), .. F(RawFrame.Continuation, Ascii(400))], [$"text {Ascii(600)}{Ascii(400)}"] },
        { "the header of a fragment above", [.. F(FirstText, Ascii(600)), .. RawFrame.Header(RawFrame.Continuation, 401)], ["broken 1009"] },
        { "a message after one of the limit", [.. F(RawFrame.Binary, new byte[Transcript.MaxMessage]), .. F(RawFrame.Text, "a")], [$"binary {new string('0', 2 * Transcript.MaxMessage)}", "text a"] },
        { "the client closes behind what is too much", [.. F(RawFrame.Text, Ascii(2000)), .. F(RawFrame.Text, "late"), .. Closing(1009)], ["broken 1009", "closed"] },
        { "the client closes behind a broken frame", [.. F(0x83, "?"), .. RawFrame.Bytes(RawFrame.Text, "late"u8, masked: false), .. Closing(1002)], ["broken 1002", "closed"] },
        { "the client closes behind text that is none", [.. F(RawFrame.Text, [0xFF, .. "late"u8]), .. Closing(1007)], ["broken 1007", "closed"] },
    };

    [Theory, Trait("Rule", "B9")]
    [MemberData(nameof(Framing))]
    [MemberData(nameof(ReservedBitsAndOpcodes))]
    [MemberData(nameof(Control))]
    [MemberData(nameof(Fragments))]
    [MemberData(nameof(Text))]
    [MemberData(nameof(Closes))]
    [MemberData(nameof(Limits))]
    public void Reads_the_same_frames_regardless_of_how_the_bytes_are_split(string what, byte[] bytes, string[] told)
    {
        foreach (var (how, pieces) in Transcript.Cuts(bytes))
        {
            var actual = Transcript.Of(pieces);
            Assert.True(told.SequenceEqual(actual), $"{what}, {how}: [{string.Join(", ", actual)}]");
        }
    }

    [Theory, Trait("Rule", "B9")]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public void Reads_large_messages_in_pieces_of_any_size(int size)
    {
        var payload = new byte[size];
        new Random(size).NextBytes(payload);
        byte[] bytes = [.. F(RawFrame.Binary, payload), .. F(RawFrame.Text, "next")];

        foreach (var piece in new[] { 1, 3, 100, 4096, 32 * 1024, bytes.Length })
            Assert.Equal([$"binary {Convert.ToHexString(payload)}", "text next"], Transcript.Of(bytes.Chunk(piece), maxMessage: size));
    }

    private static byte[] F(byte first, string payload) => F(first, Encoding.UTF8.GetBytes(payload));

    private static byte[] F(byte first, byte[] payload) => RawFrame.Bytes(first, payload);

    private static byte[] Closing(int code, string reason = "") => F(RawFrame.Close, RawFrame.ClosePayload(code, reason));

    private static byte[] Many(int fragments, bool end) =>
    [
        .. F(FirstText, "a"), .. Enumerable.Repeat(F(Fragment, "a"), fragments - 2).SelectMany(f => f), .. F(end ? RawFrame.Continuation : Fragment, "a"),
    ];

    private static string Ascii(int count) => string.Concat(Enumerable.Range(0, count).Select(i => (char)('a' + (i % 26))));
}
