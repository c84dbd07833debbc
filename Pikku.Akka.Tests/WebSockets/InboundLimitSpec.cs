using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// The limits of the data that one connection can make the node read. In each test another connection of the node stays alive, and the node
/// has room for two connections.
/// </summary>
public sealed class InboundLimitSpec
{
    private const string RoomForTwo = "pikku { limits.connections-per-node = 2, connection { close-timeout = 300ms, sweep-interval = 50ms } }\n";

    [Theory]
    [InlineData(RawFrame.Text, "")]
    [InlineData(RawFrame.Binary, "")]
    [InlineData(RawFrame.Text, "a")]
    [Trait("Rule", "B9")]
    public async Task A_message_of_too_many_fragments_closes_its_connection_with_1008(byte opcode, string fragment)
    {
        await using var lab = await Lab.Start(RoomForTwo + "pikku.connection.max-fragments = 100");
        using var other = await lab.Connect();
        await using var client = await lab.Raw();
        var payload = System.Text.Encoding.UTF8.GetBytes(fragment);

        // The first frame of the message and 99 continuations are accepted; the next one is not.
        await client.SendFrame((byte)(opcode & RawFrame.Unfinished), payload);
        for (var i = 1; i < 100; i++)
            await client.SendFrame(0x00, payload);
        await client.SendFrame(RawFrame.Ping, "taken"u8);
        Assert.Equal("taken", (await client.ReadFrame())!.AsText);
        await client.SendFrame(RawFrame.Continuation, payload);

        Assert.Equal(1008, await client.ReadCloseCode());
        await client.ReadToEnd();
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task A_message_of_as_many_fragments_as_are_allowed_is_taken()
    {
        await using var lab = await Lab.Start("pikku.connection.max-fragments = 100");
        await using var client = await lab.Raw();

        for (var round = 0; round < 2; round++)
        {
            await client.SendFrame(RawFrame.Text & RawFrame.Unfinished, "{\"action\":"u8);
            for (var i = 2; i < 100; i++)
                await client.SendFrame(0x00);
            await client.SendFrame(RawFrame.Continuation, "\"echo\"}"u8);

            Assert.Equal("""{"text":null,"action":"echo"}""", (await client.ReadFrame())!.AsText);
        }
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task A_client_that_never_ends_its_message_is_closed_by_default_too()
    {
        await using var lab = await Lab.Start(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();
        var continuations = Enumerable.Repeat(RawFrame.Bytes(0x00, default), 1000).SelectMany(f => f).ToArray();

        await client.SendFrame(0x01, "{"u8);
        var flooding = Flood(client, continuations);

        Assert.Equal(1008, await client.ReadCloseCode());
        Assert.IsAssignableFrom<IOException>(await Record.ExceptionAsync(() => flooding)); // what is sent on is read until the socket is cut off
        await HostileFrameSpec.LivesOn(lab, other);
    }

    public static TheoryData<string, byte[]> Unfinished() => new()
    {
        { "half of a header", [RawFrame.Text] },
        { "a header without its length", [RawFrame.Text, 0xFE, 1] },
        { "a header without its mask", [RawFrame.Text, 0x85, 1, 2] },
        { "half of a payload", RawFrame.Bytes(RawFrame.Text, """{"action":"echo"}"""u8)[..^3] },
        { "half of a ping", RawFrame.Bytes(RawFrame.Ping, "are you there"u8)[..^3] },
        { "half of a message", RawFrame.Bytes(0x01, """{"action":"""u8) },
    };

    [Theory]
    [MemberData(nameof(Unfinished))]
    [Trait("Rule", "B9")]
    public async Task A_message_that_takes_too_long_closes_its_connection_with_1008(string what, byte[] bytes)
    {
        await using var lab = await Lab.Start(RoomForTwo + "pikku.connection.message-timeout = 300ms");
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        await client.Send(bytes);

        Assert.True(await client.ReadCloseCode() == 1008, what);
        await client.ReadToEnd();
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task A_message_that_never_ends_closes_its_connection_with_1008()
    {
        await using var lab = await Lab.Start(RoomForTwo + "pikku.connection.message-timeout = 300ms");
        using var other = await lab.Connect();
        await using var client = await lab.Raw();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5)); // what a slow client does is the input here

        await client.Send(RawFrame.Header(RawFrame.Text, 1_000_000));
        var closing = client.ReadCloseCode();
        try
        {
            while (!closing.IsCompleted)
            {
                await client.Send([0]);
                await pace.WaitForNextTickAsync();
            }
        }
        catch (IOException)
        {
            // The server has aborted the connection while the client was still sending.
        }

        Assert.Equal(1008, await closing);
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Theory]
    [InlineData(RawFrame.Ping)]
    [InlineData(RawFrame.Pong)]
    [Trait("Rule", "B9")]
    public async Task A_flood_of_control_frames_closes_its_connection_with_1008(byte opcode)
    {
        await using var lab = await Lab.Start(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();
        var frames = Enumerable.Repeat(RawFrame.Bytes(opcode, "flood"u8), 1000).SelectMany(f => f).ToArray();

        var flooding = Flood(client, frames);

        Assert.Equal(1008, await client.ReadCloseCode());
        Assert.IsAssignableFrom<IOException>(await Record.ExceptionAsync(() => flooding));
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Fact]
    public async Task Pings_that_come_together_are_all_answered_in_their_order()
    {
        await using var lab = await Lab.Start();
        await using var client = await lab.Raw();

        await client.Send([.. Enumerable.Range(0, 10).SelectMany(i => RawFrame.Bytes(RawFrame.Ping, [(byte)i]))]);

        for (var i = 0; i < 10; i++)
        {
            var pong = await client.ReadFrame();
            Assert.Equal((RawFrame.Pong, i), (pong!.First, pong.Payload[0]));
        }
    }

    [Theory]
    [InlineData(RawFrame.Text, (1 << 20) + 1)]
    [InlineData(RawFrame.Binary, 1L << 31)]
    [InlineData(RawFrame.Binary, 1L << 32)]
    [InlineData(RawFrame.Text, 1L << 62)]
    [InlineData(RawFrame.Text, long.MaxValue)]
    [Trait("Rule", "B9")]
    public async Task A_header_that_announces_too_much_closes_its_connection_with_1009_at_once(byte opcode, long length)
    {
        await using var lab = await Lab.Start(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        await client.Send(RawFrame.Header(opcode, (ulong)length));

        Assert.Equal(1009, await client.ReadCloseCode());
        await client.ReadToEnd();
        await HostileFrameSpec.LivesOn(lab, other);
    }

    // Sends until the server aborts the connection.
    private static async Task Flood(RawClient client, byte[] frames)
    {
        while (true)
            await client.Send(frames);
    }
}
