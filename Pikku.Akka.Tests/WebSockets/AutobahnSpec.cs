using System.Text;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// The cases of the Autobahn test suite for servers that concern RFC 6455, over real sockets, against a channel that echoes. The table has our own description and bytes of
/// each case; a case has the number that it has there. Only the strict answer passes.
/// </summary>
public sealed class AutobahnSpec(SharedLabs labs) : IClassFixture<SharedLabs>
{
    private const byte FirstText = RawFrame.Text & RawFrame.Unfinished;
    private const byte FirstBinary = RawFrame.Binary & RawFrame.Unfinished;
    private const byte Middle = 0;

    // The lengths at which the form of a header changes.
    private static readonly int[] s_lengths = [0, 125, 126, 127, 128, 65535, 65536];

    // A script of bytes that the client sends and lines that it gets: "text …", "binary HEX", "pong HEX", "close CODE".
    private static readonly Dictionary<string, object[]> s_cases = [];

    private static readonly LabOptions s_mirror = new()
    {
        Hocon =
            """
            pikku {
              connection { max-message-size = 17MiB, inbox-size = 17MiB, max-fragments = 100000 }
              outbox.max-size = 64MiB
              limits { messages-per-second = 1000000, message-burst = 1000000 }
            }
            """,
        Pikku = pikku => pikku.WireChannel("mirror", channel =>
        {
            channel.AllowAnonymous().OnMessage((string text) => text);
            channel.OnBinaryMessage((ReadOnlyMemory<byte> bytes) => bytes);
        }),
    };

    static AutobahnSpec()
    {
        AddFraming();
        AddPings();
        AddReserved();
        AddFragments();
        AddText();
        AddCloses();
        AddLarge();
    }

    public static TheoryData<string> Cases() => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Rule", "B9")]
    public async Task Passes_the_case(string name)
    {
        var lab = await labs.GetAsync(s_mirror);
        await using var client = await lab.Raw("/mirror");

        foreach (var step in s_cases[name])
        {
            if (step is byte[] bytes)
                await Send(client, bytes);
            else
                Assert.Equal(step, await Receive(client));
        }

        if (s_cases[name] is [.., string last] && last.StartsWith("close", StringComparison.Ordinal))
        {
            await Send(client, Close(1000)); // the answer, which the server does not need in all cases
            await client.ReadToEnd();
            return;
        }

        // Nothing else was answered.
        await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(1000));
        Assert.Equal("close 1000", await Receive(client));
        await client.ReadToEnd();
    }

    private static void AddFraming()
    {
        foreach (var (length, i) in s_lengths.Select((length, i) => (length, i + 1)))
        {
            Add($"1.1.{i} a text of {length} bytes", F(RawFrame.Text, new string('*', length)), $"text {new string('*', length)}");
            Add($"1.2.{i} a binary message of {length} bytes", [F(RawFrame.Binary, Repeat(0xFE, length)), .. BinaryEcho(length)]);
        }

        Add("1.1.8 a text in writes of 997 bytes", [.. F(RawFrame.Text, new string('*', 65536)).Chunk(997), $"text {new string('*', 65536)}"]);
        Add("1.2.8 a binary message in writes of 997 bytes", [.. F(RawFrame.Binary, Repeat(0xFE, 65536)).Chunk(997), $"binary {string.Concat(Enumerable.Repeat("FE", 65536))}"]);
    }

    private static void AddPings()
    {
        var longest = Repeat(0xFE, 125);
        Add("2.1 a ping without a payload", F(RawFrame.Ping, ""), "pong ");
        Add("2.2 a ping with a text", F(RawFrame.Ping, "Hello, world!"), Pong("Hello, world!"u8));
        Add("2.3 a ping with bytes that are no text", F(RawFrame.Ping, [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF]), "pong 00FFFEFDFCFB00FF");
        Add("2.4 a ping with the longest payload", F(RawFrame.Ping, longest), Pong(longest));
        Add("2.5 a ping that is too long", F(RawFrame.Ping, Repeat(0xFE, 126)), "close 1002");
        Add("2.6 the longest ping, byte by byte", [.. F(RawFrame.Ping, longest).Chunk(1), Pong(longest)]);
        Add("2.7 a pong without a ping", F(RawFrame.Pong, ""));
        Add("2.8 a pong with a payload and without a ping", F(RawFrame.Pong, "unsolicited"));
        Add("2.9 such a pong, and a ping", (byte[])[.. F(RawFrame.Pong, "unsolicited"), .. F(RawFrame.Ping, "ping")], Pong("ping"u8));
        byte[][] ten = [.. Enumerable.Range(0, 10).Select(i => F(RawFrame.Ping, $"payload {i}"))];
        string[] answers = [.. Enumerable.Range(0, 10).Select(i => Pong(Encoding.UTF8.GetBytes($"payload {i}")))];
        Add("2.10 ten pings", [.. ten, .. answers]);
        Add("2.11 ten pings, byte by byte", [.. ten.SelectMany(ping => ping).Chunk(1), .. answers]);
    }

    private static void AddReserved()
    {
        byte[] hello = F(RawFrame.Text, "Hello"), ping = F(RawFrame.Ping, "");
        Add("3.1 bit 3 of a text", F(RawFrame.Text | 0x10, "Hello"), "close 1002");
        Add("3.2 bit 2 after a text, and a ping", hello, "text Hello", (byte[])[.. F(RawFrame.Text | 0x20, "Hello"), .. ping], "close 1002");
        Add("3.3 bits 2 and 3, in writes of frames", hello, "text Hello", F(RawFrame.Text | 0x30, "Hello"), ping, "close 1002");
        Add("3.4 bit 1, byte by byte", [hello, "text Hello", .. F(RawFrame.Text | 0x40, "Hello").Chunk(1), "close 1002"]);
        Add("3.5 bits 1 and 3 of a binary message", F(RawFrame.Binary | 0x50, [0x00, 0xFF]), "close 1002");
        Add("3.6 bits 1 and 2 of a ping", F(RawFrame.Ping | 0x60, "Hello"), "close 1002");
        Add("3.7 all bits of a close", F(RawFrame.Close | 0x70, RawFrame.ClosePayload(1000)), "close 1002");
        foreach (var (part, first) in new[] { (1, 3), (2, 11) })
        {
            Add($"4.{part}.1 opcode {first} without a payload", F((byte)(0x80 | first), ""), "close 1002");
            Add($"4.{part}.2 opcode {first + 1} with a payload", F((byte)(0x80 | (first + 1)), "reserved"), "close 1002");
            Add($"4.{part}.3 opcode {first + 2} after a text, and a ping", hello, "text Hello", (byte[])[.. F((byte)(0x80 | (first + 2)), ""), .. ping], "close 1002");
            Add($"4.{part}.4 opcode {first + 3} with a payload, and a ping", hello, "text Hello", F((byte)(0x80 | (first + 3)), "reserved"), ping, "close 1002");
            Add($"4.{part}.5 opcode {first + 4}, byte by byte", [hello, "text Hello", .. F((byte)(0x80 | (first + 4)), "reserved").Chunk(1), "close 1002"]);
        }
    }

    private static void AddFragments()
    {
        byte[] one = F(FirstText, "fragment1"), two = F(RawFrame.Continuation, "fragment2"), ping = F(RawFrame.Ping, "ping");
        const string whole = "text fragment1fragment2";
        Add("5.1 a ping in two fragments", F(RawFrame.Ping & RawFrame.Unfinished, "frag"), F(RawFrame.Continuation, "ment"), "close 1002");
        Add("5.2 a pong in two fragments", F(RawFrame.Pong & RawFrame.Unfinished, "frag"), F(RawFrame.Continuation, "ment"), "close 1002");
        Add("5.3 a text in two fragments", (byte[])[.. one, .. two], whole);
        Add("5.4 in writes of frames", one, two, whole);
        Add("5.5 byte by byte", [.. one.Concat(two).Chunk(1), whole]);
        Add("5.6 with a ping in between", (byte[])[.. one, .. ping, .. two], Pong("ping"u8), whole);
        Add("5.7 in writes of frames", one, ping, Pong("ping"u8), two, whole);
        Add("5.8 byte by byte", [.. one.Concat(ping).Chunk(1), Pong("ping"u8), .. two.Chunk(1), whole]);
        foreach (var (number, frame, how) in new[] { (9, RawFrame.Continuation, "a last"), (12, Middle, "a middle") })
        {
            byte[] orphan = F(frame, "orphan"), text = F(RawFrame.Text, "Hello");
            Add($"5.{number} {how} fragment without a message", (byte[])[.. orphan, .. text], "close 1002");
            Add($"5.{number + 1} in writes of frames", orphan, text, "close 1002");
            Add($"5.{number + 2} byte by byte", [.. orphan.Concat(text).Chunk(1), "close 1002"]);
        }

        Add("5.15 a fragment after the last one", one, two, whole, F(Middle, "fragment3"), F(RawFrame.Continuation, "fragment4"), "close 1002");
        Add("5.16 a middle fragment before the first one", F(Middle, "fragment1"), F(FirstText, "fragment2"), F(RawFrame.Continuation, "fragment3"), "close 1002");
        Add("5.17 a last fragment before the first one", F(RawFrame.Continuation, "fragment1"), F(FirstText, "fragment2"), F(RawFrame.Continuation, "fragment3"), "close 1002");
        Add("5.18 a second first fragment", one, F(RawFrame.Text, "fragment2"), "close 1002");
        byte[][] five = [F(FirstText, "1"), F(Middle, "2"), F(RawFrame.Ping, "a"), F(Middle, "3"), F(Middle, "4"), F(RawFrame.Ping, "b"), F(RawFrame.Continuation, "5")];
        Add("5.19 five fragments and two pings", [.. five[..3], Pong("a"u8), .. five[3..6], Pong("b"u8), five[6], "text 12345"]);
        Add("5.20 byte by byte", [.. five[..3].SelectMany(f => f).Chunk(1), Pong("a"u8), .. five[3..6].SelectMany(f => f).Chunk(1), Pong("b"u8), .. five[6].Chunk(1), "text 12345"]);
    }

    private static void AddText()
    {
        const string greek = "Hello-µ@ßöäüàá-UTF-8!!";
        var bytes = Encoding.UTF8.GetBytes(greek);
        byte[] broken = [.. "κόσμε"u8, 0xED, 0xA0, 0x80, .. "edited"u8];
        Add("6.1.1 an empty text", F(RawFrame.Text, ""), "text ");
        Add("6.1.2 three empty fragments", F(FirstText, ""), F(Middle, ""), F(RawFrame.Continuation, ""), "text ");
        Add("6.1.3 a fragment between two empty ones", F(FirstText, ""), F(Middle, "middle"), F(RawFrame.Continuation, ""), "text middle");
        Add("6.2.1 a text of all lengths of characters", F(RawFrame.Text, bytes), $"text {greek}");
        Add("6.2.2 in fragments of whole characters", F(FirstText, "Hello-µ@ß"), F(RawFrame.Continuation, "öäüàá-UTF-8!!"), $"text {greek}");
        Add("6.2.3 in fragments of one byte", [.. Fragmented(bytes), $"text {greek}"]);
        Add("6.2.4 more characters in fragments of one byte", [.. Fragmented("κόσμε"u8.ToArray()), "text κόσμε"]);
        Add("6.3.1 a surrogate", F(RawFrame.Text, broken), "close 1007");
        Add("6.3.2 a surrogate in fragments of one byte", [.. Fragmented(broken), "close 1007"]);
        // The client waits for the refusal before the message has ended.
        Add("6.4.1 refused after the fragment", F(FirstText, "κόσμε"), F(Middle, [0xF4, 0x90, 0x80, 0x80]), "close 1007");
        Add("6.4.2 refused at the byte that decides", F(FirstText, [.. "κόσμε"u8, 0xF4]), F(Middle, [0x90]), "close 1007");
        Add("6.4.3 refused within a frame", F(RawFrame.Text, [.. "κόσμε"u8, 0xF4, 0x90, 0x80, 0x80, .. "edited"u8])[..^7], "close 1007");
        Add("6.4.4 refused within a frame, at the byte that decides", F(RawFrame.Text, [.. "κόσμε"u8, 0xF4, 0x90, 0x80, 0x80, .. "edited"u8])[..^8], "close 1007");

        string[] valid =
        [
            "CEBAE1BDB9CF83CEBCCEB5", "00", "C280", "E0A080", "F0908080", "7F", "DFBF", "EFBFBF", "F48FBFBF", "ED9FBF", "EE8080", "EFBFBD", "EFBFBE", "F09FBFBE",
            "F09FBFBF", "F3BFBFBF",
        ];
        string[] invalid =
        [
            "CE", "CEBAE1", "CEBAE1BD", "CEBAE1BDB9CF", "F888808080", "FC8480808080", "F7BFBFBF", "FBBFBFBFBF", "FDBFBFBFBFBF", "F4908080", "80", "BF", "80BF", "80BF80",
            "808182838485868788898A8B8C8D8E8F", "C020C120", "E020E120", "F020F120", "F820F920", "FC20FD20", "C0", "E080", "F08080", "F8808080", "FC80808080", "DF", "EFBF",
            "F7BFBF", "FBBFBFBF", "FDBFBFBFBF", "C0E080F08080F8808080FC80808080DFEFBFF7BFBFFBBFBFBFFDBFBFBFBF", "FE", "FF", "FEFEFFFF", "C0AF", "E080AF", "F08080AF", "F8808080AF",
            "FC80808080AF", "C1BF", "E09FBF", "F08FBFBF", "F887BFBFBF", "FC83BFBFBFBF", "C080", "E08080", "F0808080", "F880808080", "FC8080808080", "EDA080", "EDADBF", "EDAE80",
            "EDAFBF", "EDB080", "EDBE80", "EDBFBF", "EDA080EDB080", "EDA080EDBFBF", "EDADBFEDB080", "EDADBFEDBFBF", "EDAE80EDB080", "EDAE80EDBFBF", "EDAFBFEDB080", "EDAFBFEDBFBF",
        ];
        foreach (var hex in valid)
            Add($"6.5 to 6.23 valid {hex}", F(RawFrame.Text, Convert.FromHexString(hex)), $"text {Encoding.UTF8.GetString(Convert.FromHexString(hex))}");
        foreach (var hex in invalid)
            Add($"6.6 to 6.21 invalid {hex}", F(RawFrame.Text, Convert.FromHexString(hex)), "close 1007");
    }

    private static void AddCloses()
    {
        byte[] text = F(RawFrame.Text, "Hello"), ping = F(RawFrame.Ping, "");
        Add("7.1.1 a text and a close", text, "text Hello", Close(1000), "close 1000");
        Add("7.1.2 two closes", (byte[])[.. Close(1000), .. Close(1000)], "close 1000");
        Add("7.1.3 a ping after a close", (byte[])[.. Close(1000), .. ping], "close 1000");
        Add("7.1.4 a text after a close", (byte[])[.. Close(1000), .. text], "close 1000");
        Add("7.1.5 a close within a message", F(FirstText, "frag"), (byte[])[.. Close(1000), .. F(RawFrame.Continuation, "ment")], "close 1000");
        Add("7.1.6 a long text, a close and a ping", F(RawFrame.Text, new string('x', 256 * 1024)), $"text {new string('x', 256 * 1024)}", (byte[])[.. Close(1000), .. ping], "close 1000");
        Add("7.3.1 a close without a payload", F(RawFrame.Close, ""), "close 1000");
        Add("7.3.2 a close with one byte", F(RawFrame.Close, "a"), "close 1002");
        Add("7.3.3 a close with a code", Close(1000), "close 1000");
        Add("7.3.4 a close with a reason", Close(1000, "Hello World!"), "close 1000");
        Add("7.3.5 a close with the longest reason", Close(1000, new string('*', 123)), "close 1000");
        Add("7.3.6 a close with a reason that is too long", Close(1000, new string('*', 124)), "close 1002");
        Add("7.5.1 a reason that is not UTF-8", F(RawFrame.Close, [0x03, 0xE8, .. "κόσμε"u8, 0xED, 0xA0, 0x80]), "close 1007");
        foreach (var code in new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999 })
            Add($"7.7 the valid code {code}", Close(code), $"close {code}");
        foreach (var code in new[] { 0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535 })
            Add($"7.9 and 7.13 the invalid code {code}", Close(code), "close 1002");
    }

    private static void AddLarge()
    {
        foreach (var size in new[] { 64 << 10, 1 << 20, 16 << 20 })
        {
            Add($"9.1 a text of {size} bytes", F(RawFrame.Text, new string('*', size)), $"text {new string('*', size)}");
            Add($"9.2 a binary message of {size} bytes", F(RawFrame.Binary, new byte[size]), $"binary {new string('0', 2 * size)}");
        }

        foreach (var fragment in new[] { 64, 4096, 64 << 10, 1 << 20 })
        {
            var (text, binary) = (Encoding.UTF8.GetBytes(new string('*', 1 << 20)), new byte[1 << 20]);
            Add($"9.3 a text in fragments of {fragment}", Fragmented(text, fragment).SelectMany(f => f).ToArray(), $"text {new string('*', 1 << 20)}");
            Add($"9.4 a binary message in fragments of {fragment}", Fragmented(binary, fragment, FirstBinary).SelectMany(f => f).ToArray(), $"binary {new string('0', 2 << 20)}");
        }

        foreach (var write in new[] { 64, 512, 2048 })
            Add($"9.5 a text in writes of {write}", [.. F(RawFrame.Text, new string('*', 128 << 10)).Chunk(write), $"text {new string('*', 128 << 10)}"]);
        Add("9.7 many texts", [.. Enumerable.Range(0, 200).SelectMany(i => (object[])[F(RawFrame.Text, $"text {i}"), $"text text {i}"])]);
        Add("10.1.1 a text in fragments of 1300", [.. Fragmented(Encoding.UTF8.GetBytes(new string('*', 65536)), 1300), $"text {new string('*', 65536)}"]);
    }

    private static void Add(string name, params object[] script) => s_cases.Add(name, script);

    private static byte[] F(byte first, string payload) => F(first, Encoding.UTF8.GetBytes(payload));

    private static byte[] F(byte first, byte[] payload) => RawFrame.Bytes(first, payload);

    private static byte[] Close(int code, string reason = "") => F(RawFrame.Close, RawFrame.ClosePayload(code, reason));

    private static IEnumerable<byte[]> Fragmented(byte[] bytes, int size = 1, byte first = FirstText)
    {
        var chunks = bytes.Chunk(size).ToArray();
        return chunks.Length == 1 ? [F((byte)(first | 0x80), bytes)] : chunks.Select((chunk, i) => F(i == 0 ? first : i == chunks.Length - 1 ? RawFrame.Continuation : Middle, chunk));
    }

    // A channel does not send an empty binary result.
    private static string[] BinaryEcho(int length) => length == 0 ? [] : [$"binary {string.Concat(Enumerable.Repeat("FE", length))}"];

    private static byte[] Repeat(byte value, int count) => [.. Enumerable.Repeat(value, count)];

    private static string Pong(ReadOnlySpan<byte> payload) => $"pong {Convert.ToHexString(payload)}";

    // After a violation the server may end the connection before it has everything.
    private static async Task Send(RawClient client, byte[] bytes)
    {
        try
        {
            await client.Send(bytes);
        }
        catch (IOException)
        {
            // The close frame, which is read next, shows whether it was right.
        }
    }

    private static async Task<string> Receive(RawClient client)
    {
        if (await client.ReadFrame() is not { } frame)
            return "the end";
        return frame.First switch
        {
            RawFrame.Text => $"text {frame.AsText}",
            RawFrame.Binary => $"binary {Convert.ToHexString(frame.Payload)}",
            RawFrame.Pong => $"pong {Convert.ToHexString(frame.Payload)}",
            RawFrame.Close => $"close {frame.CloseCode}",
            var other => $"a frame {other:X2}",
        };
    }
}
