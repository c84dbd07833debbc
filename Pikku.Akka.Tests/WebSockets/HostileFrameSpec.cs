using System.Text;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// Invalid data that a client sends after it has connected, by mistake or on purpose. In each test another connection stays alive, and the node has room for two.
/// </summary>
public sealed class HostileFrameSpec(SharedLabs labs) : IClassFixture<SharedLabs>
{
    private const string RoomForTwo = "pikku { limits.connections-per-node = 2, connection.close-timeout = 300ms, connection.sweep-interval = 50ms }";

    public static TheoryData<string, string[], int> Frames() => new()
    {
        { "an unmasked text frame", [Hex(RawFrame.Bytes(RawFrame.Text, "\"text\""u8, masked: false))], 1002 },
        { "an unmasked ping", [Hex(RawFrame.Bytes(RawFrame.Ping, "ping"u8, masked: false))], 1002 },
        { "reserved bit 1", [Hex(RawFrame.Bytes(0xC1, "{}"u8))], 1002 },
        { "reserved bit 2", [Hex(RawFrame.Bytes(0xA1, "{}"u8))], 1002 },
        { "reserved bit 3", [Hex(RawFrame.Bytes(0x91, "{}"u8))], 1002 },
        { "reserved opcode 3", [Hex(RawFrame.Bytes(0x83, "{}"u8))], 1002 },
        { "reserved opcode 7", [Hex(RawFrame.Bytes(0x87, "{}"u8))], 1002 },
        { "reserved control opcode 11", [Hex(RawFrame.Bytes(0x8B, default))], 1002 },
        { "reserved control opcode 15", [Hex(RawFrame.Bytes(0x8F, default))], 1002 },
        { "a fragmented ping", [Hex(RawFrame.Bytes(0x09, "a"u8))], 1002 },
        { "a fragmented close", [Hex(RawFrame.Bytes(0x08, RawFrame.ClosePayload(1000)))], 1002 },
        { "a ping of 126 bytes", [Hex(RawFrame.Bytes(RawFrame.Ping, new byte[126]))], 1002 },
        { "a close of 126 bytes", [Hex(RawFrame.Bytes(RawFrame.Close, RawFrame.ClosePayload(1000, new string('a', 124))))], 1002 },
        { "a continuation of nothing", [Hex(RawFrame.Bytes(RawFrame.Continuation, "{}"u8))], 1002 },
        { "a new message within another", [Hex(RawFrame.Bytes(0x01, "{"u8)), Hex(RawFrame.Bytes(RawFrame.Text, "{}"u8))], 1002 },
        { "a length of 2^63", [Hex(RawFrame.Header(RawFrame.Text, 1UL << 63)) + "00000000"], 1002 },
        { "text that is not UTF-8", [Hex(RawFrame.Bytes(RawFrame.Text, [0x22, 0xC3, 0x28, 0x22]))], 1007 },
        { "a surrogate in UTF-8", [Hex(RawFrame.Bytes(RawFrame.Text, [0xED, 0xA0, 0x80]))], 1007 },
        { "text that ends within a character", [Hex(RawFrame.Bytes(RawFrame.Text, [0xE2, 0x82]))], 1007 },
        { "not UTF-8 in the second fragment", [Hex(RawFrame.Bytes(0x01, "{\""u8)), Hex(RawFrame.Bytes(RawFrame.Continuation, [0xFF]))], 1007 },
        { "a close of one byte", [Hex(RawFrame.Bytes(RawFrame.Close, [3]))], 1002 },
        { "the close code 999", [Hex(RawFrame.Bytes(RawFrame.Close, RawFrame.ClosePayload(999)))], 1002 },
        { "the close code 1005", [Hex(RawFrame.Bytes(RawFrame.Close, RawFrame.ClosePayload(1005)))], 1002 },
        { "the close code 1006", [Hex(RawFrame.Bytes(RawFrame.Close, RawFrame.ClosePayload(1006)))], 1002 },
        { "the close code 5000", [Hex(RawFrame.Bytes(RawFrame.Close, RawFrame.ClosePayload(5000)))], 1002 },
        { "a close reason that is not UTF-8", [Hex(RawFrame.Bytes(RawFrame.Close, [3, 0xE8, 0xC3, 0x28]))], 1007 },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    [Trait("Rule", "B9")]
    public async Task Closes_with_the_code_of_the_violation_and_affects_no_other_connection(string what, string[] frames, int code)
    {
        var lab = await labs.GetAsync(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        foreach (var frame in frames)
            await client.Send(Convert.FromHexString(frame));

        Assert.True(await client.ReadCloseCode() == code, what);
        await client.ReadToEnd();
        await LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task Tells_the_code_of_a_violation_to_a_client_that_is_still_sending()
    {
        await using var lab = await Lab.Start(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        // More than all buffers on the way hold. If a socket is closed with unread data, TCP resets it, and the close frame is lost.
        byte[] bytes = [.. RawFrame.Bytes(0x83, "{}"u8), .. new byte[8 * 1024 * 1024]];
        var sending = client.Send(bytes);

        Assert.Equal(1002, await client.ReadCloseCode());
        client.Vanish();
        await Record.ExceptionAsync(() => sending);
        await LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task Accepts_a_message_of_exactly_the_limit()
    {
        await using var lab = await Lab.Start("pikku.outbox.max-size = 4MiB");
        await using var client = await lab.Raw();
        var text = $$"""{"action":"echo","text":"{{new string('x', (1024 * 1024) - 27)}}"}""";
        Assert.Equal(1024 * 1024, text.Length);

        await client.SendText(text);

        Assert.Equal(text.Length, (await client.ReadFrame())!.AsText.Length);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task Closes_with_1009_above_the_limit_by_one()
    {
        await using var lab = await Lab.Start(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        await client.SendFrame(RawFrame.Text, Enumerable.Repeat((byte)' ', (1024 * 1024) + 1).ToArray());

        Assert.Equal(1009, await client.ReadCloseCode());
        await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(1009));
        await client.ReadToEnd();
        await LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task Closes_with_1009_when_the_fragments_together_are_above_the_limit()
    {
        await using var lab = await Lab.Start("pikku { limits.connections-per-node = 2, connection.max-message-size = 1000B }");
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        await client.SendFrame(0x01, Enumerable.Repeat((byte)' ', 600).ToArray());
        await client.SendFrame(0x00, Enumerable.Repeat((byte)' ', 400).ToArray());
        await client.SendFrame(RawFrame.Continuation, " "u8);

        Assert.Equal(1009, await client.ReadCloseCode());
        await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(1009));
        await client.ReadToEnd();
        await LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task Aborts_a_client_that_never_ends_a_message_above_the_limit()
    {
        await using var lab = await Lab.Start(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        // The announced length is impossible, and more data than the limit follows.
        await client.Send([.. RawFrame.Header(RawFrame.Binary, 1UL << 62), 0, 0, 0, 0, .. new byte[(1024 * 1024) + 1]]);

        Assert.Equal(1009, await client.ReadCloseCode());
        await client.ReadToEnd(); // without an answer to the close frame
        await LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task Accepts_text_whose_characters_are_split_between_fragments()
    {
        await using var lab = await Lab.Start();
        await using var client = await lab.Raw();
        var bytes = Encoding.UTF8.GetBytes("""{"action":"echo","text":"€😀é"}""");

        await client.SendFrame(0x01, bytes.AsSpan(0, 1));
        for (var i = 1; i < bytes.Length - 1; i++)
            await client.SendFrame(0x00, bytes.AsSpan(i, 1));
        await client.SendFrame(RawFrame.Continuation, bytes.AsSpan(bytes.Length - 1));

        Assert.Equal("""{"text":"€😀é","action":"echo"}""", System.Text.RegularExpressions.Regex.Unescape((await client.ReadFrame())!.AsText));
    }

    [Fact]
    public async Task Answers_pings_between_the_fragments_of_a_message_with_their_payload()
    {
        await using var lab = await Lab.Start();
        await using var client = await lab.Raw();

        await client.SendFrame(0x01, """{"action":"""u8);
        await client.SendFrame(RawFrame.Ping, "are you there"u8);
        await client.SendFrame(RawFrame.Continuation, "\"echo\"}"u8);

        var pong = await client.ReadFrame();
        Assert.Equal((RawFrame.Pong, "are you there"), (pong!.First, pong.AsText));
        Assert.Equal("""{"text":null,"action":"echo"}""", (await client.ReadFrame())!.AsText);
    }

    [Fact]
    public async Task Accepts_bytes_that_arrive_one_by_one()
    {
        await using var lab = await Lab.Start();
        await using var client = await lab.Raw();

        foreach (var next in RawFrame.Bytes(RawFrame.Text, """{"action":"echo","text":"slow"}"""u8))
            await client.Send([next]);

        Assert.Equal("""{"text":"slow","action":"echo"}""", (await client.ReadFrame())!.AsText);
    }

    [Fact]
    public async Task Accepts_empty_messages_and_empty_fragments()
    {
        await using var lab = await Lab.Start();
        await using var client = await lab.Raw();

        await client.SendFrame(RawFrame.Text);
        Assert.Contains("BadRequestError", (await client.ReadFrame())!.AsText, StringComparison.Ordinal);
        await client.SendFrame(0x01);
        await client.SendFrame(0x00, """{"action":"echo"}"""u8);
        await client.SendFrame(RawFrame.Continuation);

        Assert.Equal("""{"text":null,"action":"echo"}""", (await client.ReadFrame())!.AsText);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task Survives_a_flood_of_pings_from_a_client_that_does_not_read()
    {
        await using var lab = await Lab.Start(RoomForTwo + "\npikku.limits.control-frames-per-second = 1000000");
        using var other = await lab.Connect();
        await using var client = await RawClient.Upgrade(lab.Port, "/lab", receiveBuffer: 4096);
        var pings = Enumerable.Repeat(RawFrame.Bytes(RawFrame.Ping, new byte[125]), 1000).SelectMany(p => p).ToArray();

        for (var i = 0; i < 100; i++)
            await client.Send(pings);
        Assert.Equal("""{"text":"hi","action":"echo"}""", await other.Ask("""{"action":"echo","text":"hi"}"""));

        client.Vanish();
        await LivesOn(lab, other);
    }

    [Fact]
    public async Task Ignores_data_after_a_close_frame()
    {
        await using var lab = await Lab.Start(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        await client.Send([
            .. RawFrame.Bytes(RawFrame.Text, """{"action":"echo","text":"before"}"""u8),
            .. RawFrame.Bytes(RawFrame.Close, RawFrame.ClosePayload(1000)),
            .. RawFrame.Bytes(RawFrame.Text, """{"action":"echo","text":"after"}"""u8),
        ]);

        var frames = new List<RawFrame>();
        while (await client.ReadFrame() is { } frame)
            frames.Add(frame);
        Assert.Equal(RawFrame.Close, frames[^1].First);
        Assert.DoesNotContain(frames, f => f.AsText.Contains("after", StringComparison.Ordinal));
        await LivesOn(lab, other);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1011)]
    [InlineData(3000)]
    [InlineData(4999)]
    [Trait("Rule", "I4")]
    public async Task Echoes_the_close_code_of_the_client(int code)
    {
        var lab = await labs.GetAsync(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(code, "bye"));

        Assert.Equal(code, await client.ReadCloseCode());
        await client.ReadToEnd();
        await LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task Answers_a_close_frame_without_a_code()
    {
        await using var lab = await Lab.Start();
        await using var client = await lab.Raw();

        await client.SendFrame(RawFrame.Close);

        Assert.Equal(1000, await client.ReadCloseCode());
        await client.ReadToEnd();
        await lab.Holds(0);
    }

    internal static async Task LivesOn(Lab lab, TextClient other)
    {
        await lab.Holds(1);
        Assert.Equal("""{"text":"still here","action":"echo"}""", await other.Ask("""{"action":"echo","text":"still here"}"""));
        await Eventually.Holds(() => HasRoom(lab), "a place for another connection");
    }

    private static async Task<bool> HasRoom(Lab lab)
    {
        await using var client = await RawClient.Connect(lab.Port);
        await client.Send(RawClient.UpgradeRequest("/lab"));
        return (await client.ReadResponse()).Status == 101;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);
}
