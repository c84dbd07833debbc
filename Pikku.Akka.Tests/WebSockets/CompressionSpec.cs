using System.IO.Compression;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.Host;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Compressed messages (RFC 7692) over real sockets, with a client that writes frames itself, with .NET and with Chromium.</summary>
public sealed class CompressionSpec(SharedLabs labs, Chromium chromium) : IClassFixture<SharedLabs>, IClassFixture<Chromium>
{
    private const string On = "pikku.compression.enabled = on";
    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";
    private const byte CompressedText = 0xC1; // FIN, RSV1 and opcode 1

    private static readonly string s_long = string.Concat(Enumerable.Range(0, 200).Select(i => $"number {i}, "));
    private static readonly Topic<string> s_news = new("news");

    private static LabOptions Options => new()
    {
        Hocon = On,
        Channel = channel => channel.MapAction("subscribe", (PikkuContext context) => context.EventHub.SubscribeAsync(s_news)),
    };

    [Fact]
    public async Task A_compressed_message_is_answered_with_one()
    {
        await using var client = await Connect();

        await client.SendFrame(CompressedText, Deflate($$"""{"action":"echo","text":"{{s_long}}"}"""));

        var reply = await client.ReadFrame();
        Assert.Equal(CompressedText, reply!.First);
        Assert.True(reply.Payload.Length < s_long.Length / 3);
        Assert.Equal($$"""{"text":"{{s_long}}","action":"echo"}""", Inflate(reply.Payload));
    }

    [Fact]
    public async Task Each_message_is_compressed_without_the_earlier_ones()
    {
        await using var client = await Connect();
        var message = Deflate($$"""{"action":"echo","text":"{{s_long}}"}""");

        await client.SendFrame(CompressedText, message);
        await client.SendFrame(CompressedText, message);

        Assert.Equal((await client.ReadFrame())!.Payload, (await client.ReadFrame())!.Payload);
    }

    [Fact]
    public async Task Short_messages_are_not_compressed()
    {
        await using var client = await Connect();

        await client.SendFrame(CompressedText, Deflate("""{"action":"echo","text":"hi"}"""));

        Assert.Equal("""{"text":"hi","action":"echo"}""", Plain(await client.ReadFrame()));
    }

    [Fact]
    public async Task Text_that_does_not_get_shorter_and_bytes_are_not_compressed()
    {
        await using var client = await Connect();
        var noise = new byte[1500];
        new Random(1).NextBytes(noise);

        var random = new Random(1);
        var text = string.Concat(Enumerable.Range(0, 600).Select(_ => (char)random.Next(0x1000, 0xD000)));
        await client.SendFrame(RawFrame.Binary, noise);
        Assert.Equal((RawFrame.Binary, Convert.ToHexString(noise)), (await client.ReadFrame()) is { } bytes ? (bytes.First, Convert.ToHexString(bytes.Payload)) : default);
        await client.SendFrame(RawFrame.Text, Encoding.UTF8.GetBytes($$"""{"action":"echo","text":"{{text}}"}"""));
        var reply = await client.ReadFrame();
        Assert.Equal($$"""{"text":"{{text}}","action":"echo"}""", reply!.First == CompressedText ? Inflate(reply.Payload) : reply.AsText);
        Assert.True(reply.Payload.Length <= Encoding.UTF8.GetByteCount($$"""{"text":"{{text}}","action":"echo"}"""));
    }

    [Fact]
    public async Task A_message_that_is_longer_than_the_window_of_the_client_is_not_compressed()
    {
        await using var client = await Connect("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=11");
        async Task<byte> Echo(int length)
        {
            await client.SendText($$"""{"action":"echo","text":"{{new string('x', length - 27)}}"}""");
            return (await client.ReadFrame())!.First;
        }

        Assert.Equal(CompressedText, await Echo(2048));
        Assert.Equal(RawFrame.Text, await Echo(2049));
    }

    [Fact]
    public async Task A_compressed_message_may_be_fragmented_with_control_frames_in_between()
    {
        await using var client = await Connect();
        var message = Deflate($$"""{"action":"echo","text":"{{s_long}}"}""");

        await client.SendFrame(CompressedText & RawFrame.Unfinished, message.AsSpan(0, 50));
        await client.SendFrame(RawFrame.Ping, "still there"u8);
        await client.SendFrame(0x00, message.AsSpan(50, 10));
        await client.SendFrame(RawFrame.Continuation, message.AsSpan(60));

        Assert.Equal("still there", (await client.ReadFrame())!.AsText);
        Assert.Equal($$"""{"text":"{{s_long}}","action":"echo"}""", Inflate((await client.ReadFrame())!.Payload));
    }

    public static TheoryData<string, byte[][], int> Wrong() => new()
    {
        { "a compressed continuation", [RawFrame.Bytes(0x41, Deflate("{}")), RawFrame.Bytes(0xC0, [0])], 1002 },
        { "a compressed ping", [RawFrame.Bytes(0xC9, default)], 1002 },
        { "a compressed close", [RawFrame.Bytes(0xC8, RawFrame.ClosePayload(1000))], 1002 },
        { "another reserved bit", [RawFrame.Bytes(0xE1, Deflate("{}"))], 1002 },
        { "data that is not compressed", [RawFrame.Bytes(CompressedText, "{\"action\":\"echo\"}"u8)], 1007 },
        { "compressed data without its end", [RawFrame.Bytes(CompressedText, Deflate(s_long).AsSpan(0, 300))], 1007 },
        { "a compressed message without a byte", [RawFrame.Bytes(CompressedText, default)], 1007 },
        { "a message that refers to an earlier one", [.. DeflateInOneContext("{}", "{}{}{}").Select(message => RawFrame.Bytes(CompressedText, message))], 1007 },
        { "data behind a final block", [RawFrame.Bytes(CompressedText, [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 0x00])], 1007 },
        { "compressed text that is not UTF-8", [RawFrame.Bytes(CompressedText, Deflate([0x22, 0xC3, 0x28, 0x22]))], 1007 },
        { "compressed text that ends within a character", [RawFrame.Bytes(CompressedText, Deflate([0xE2, 0x82]))], 1007 },
        { "a message that is one byte too long when it is inflated", [RawFrame.Bytes(CompressedText, Deflate(new byte[(1 << 20) + 1]))], 1009 },
        { "a bomb of 100 MiB", [RawFrame.Bytes(CompressedText, Deflate(new byte[100 << 20]))], 1009 },
        { "a header above what the largest message may need", [RawFrame.Header(CompressedText, (1 << 20) + (1 << 17) + 65)], 1009 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    [Trait("Rule", "B9")]
    public async Task What_a_client_may_not_compress_closes_its_connection(string what, byte[][] frames, int code)
    {
        await using var client = await Connect();

        foreach (var frame in frames)
            await client.Send(frame);

        Assert.True(await client.ReadCloseCode() == code, what);
        await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(code));
        await client.ReadToEnd();
    }

    [Theory]
    [InlineData("F248CDC9C90700", "Hello")] // RFC 7692 §7.2.3.1
    [InlineData("000500FAFF48656C6C6F00", "Hello")] // §7.2.3.3, a stored block
    [InlineData("F348CDC9C9070000", "Hello")] // §7.2.3.4, a final block
    [InlineData("F248050000 00FFFFCAC9C90700", "Hello")] // §7.2.3.5, two blocks
    [InlineData("00", "")] // §7.2.3.6
    public async Task The_examples_of_the_specification_are_read(string hex, string text)
    {
        var lab = await labs.GetAsync(new LabOptions { Hocon = On + " # mirror", Channel = channel => channel.OnMessage((string all) => $"<{all}>") });
        await using var client = await RawClient.Upgrade(lab.Port, "/lab", headers: Offer);

        await client.SendFrame(CompressedText, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Equal($"<{text}>", Plain(await client.ReadFrame()));
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task A_compressed_message_of_exactly_the_limit_is_read()
    {
        await using var lab = await Lab.Start(On + "\npikku.outbox.max-size = 4MiB");
        await using var client = await RawClient.Upgrade(lab.Port, "/lab", headers: Offer);

        await client.SendFrame(CompressedText, Deflate($$"""{"action":"echo","text":"{{new string('x', (1 << 20) - 27)}}"}"""));

        Assert.Equal(1 << 20, Inflate((await client.ReadFrame())!.Payload).Length);
    }

    [Fact]
    public async Task An_event_is_compressed_once_for_all_subscribers_and_not_for_clients_without_compression()
    {
        var lab = await labs.GetAsync(Options);
        await using var first = await RawClient.Upgrade(lab.Port, "/lab", headers: Offer);
        await using var second = await RawClient.Upgrade(lab.Port, "/lab", headers: Offer);
        await using var third = await lab.Raw();
        foreach (var client in new[] { first, second, third })
        {
            await client.SendText("""{"action":"subscribe"}""");
            Assert.Contains("subscribe", Plain(await client.ReadFrame()), StringComparison.Ordinal);
        }

        await lab.Services.GetRequiredService<IEventHub>().PublishAsync(s_news, s_long);

        var compressed = await first.ReadFrame();
        var text = $$"""{"topic":"news","data":"{{s_long}}"}""";
        Assert.Equal((CompressedText, text), (compressed!.First, Inflate(compressed.Payload)));
        Assert.Equal(compressed.Payload, (await second.ReadFrame())!.Payload);
        Assert.Equal(text, Plain(await third.ReadFrame()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_client_of_NET_compresses(bool withContext)
    {
        var lab = await labs.GetAsync(Options);
        using var client = await TextClient.Connect(lab.Ws(), options => options.DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = withContext });

        for (var i = 0; i < 3; i++)
            Assert.Equal($$"""{"text":"{{s_long}}{{i}}","action":"echo"}""", await client.Ask($$"""{"action":"echo","text":"{{s_long}}{{i}}"}"""));
        await client.Close();
    }

    // The sizes of the cases 12 and 13 of Autobahn.
    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(8192)]
    [InlineData(16384)]
    [InlineData(32768)]
    [InlineData(65536)]
    [InlineData(131072)]
    public async Task Messages_of_all_sizes_are_compressed_in_both_directions(int size)
    {
        var lab = await labs.GetAsync(Options);
        using var client = await TextClient.Connect(lab.Ws(), options => options.DangerousDeflateOptions = new WebSocketDeflateOptions());
        var random = new Random(size);

        for (var i = 0; i < 20; i++)
        {
            var text = string.Concat(Enumerable.Range(0, size).Select(_ => (char)('a' + random.Next(1 + i))));
            Assert.Equal($$"""{"text":"{{text}}","action":"echo"}""", await client.Ask($$"""{"action":"echo","text":"{{text}}"}"""));
        }

        await client.Close();
    }

    [Fact]
    public async Task Streams_of_HTTP_2_compress()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = On, Builder = b => b.WebHost.ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2)),
        });
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var client = await TextClient.Connect(
            lab.Ws(),
            options =>
            {
                (options.HttpVersion, options.HttpVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
                options.DangerousDeflateOptions = new WebSocketDeflateOptions();
            },
            invoker);

        Assert.Equal($$"""{"text":"{{s_long}}","action":"echo"}""", await client.Ask($$"""{"action":"echo","text":"{{s_long}}"}"""));
    }

    [SkippableFact]
    public async Task A_browser_compresses()
    {
        await using var browser = await chromium.OpenAsync();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = On, App = app => app.MapGet("/page", () => Microsoft.AspNetCore.Http.Results.Content("<!doctype html><title>page</title>", "text/html")),
        });
        var page = await browser.NewPage();
        await page.GotoAsync(lab.Http("/page").ToString());

        var answer = await page.EvaluateAsync<string[]>(
            """
            ([url, text]) => new Promise((resolve, reject) => {
              const socket = new WebSocket(url);
              socket.onopen = () => socket.send(JSON.stringify({ action: 'echo', text }));
              socket.onmessage = ({ data }) => resolve([socket.extensions, JSON.parse(data).text]);
              socket.onerror = reject;
              socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
            })
            """,
            new[] { lab.Ws().ToString(), s_long });

        Assert.Equal(["permessage-deflate; server_no_context_takeover; client_no_context_takeover", s_long], answer);
    }

    [Fact]
    public async Task Nothing_is_negotiated_with_clients_of_TestServer_which_get_messages_and_no_frames()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddPikku(pikku => pikku.AddHocon(On).WireChannel("lab", channel => channel.AllowAnonymous().OnMessage((string text) => text)));
        await using var app = builder.Build();
        app.MapPikku();
        await app.StartAsync();
        var client = app.GetTestServer().CreateWebSocketClient();
        client.ConfigureRequest = request => request.Headers.SecWebSocketExtensions = "permessage-deflate";

        using var socket = await client.ConnectAsync(new Uri("ws://localhost/lab"), default);
        await socket.SendAsync(Encoding.UTF8.GetBytes(s_long), WebSocketMessageType.Text, true, default);

        var (received, length) = (new byte[10_000], 0);
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(received.AsMemory(length), default).AsTask().WaitAsync(Eventually.Patience);
            length += part.Count;
        }
        while (!part.EndOfMessage);
        Assert.Equal(s_long, Encoding.UTF8.GetString(received, 0, length));
    }

    private async Task<RawClient> Connect(string offer = Offer) => await RawClient.Upgrade((await labs.GetAsync(Options)).Port, "/lab", headers: offer);

    private static byte[] Deflate(string text) => Deflate(Encoding.UTF8.GetBytes(text));

    private static byte[] Deflate(byte[] bytes) => Deflated.Of(bytes);

    // As a client that goes on with the window of its last message, although the server demands client_no_context_takeover.
    private static List<byte[]> DeflateInOneContext(params string[] messages)
    {
        var (output, all) = (new MemoryStream(), new List<byte[]>());
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true);
        foreach (var message in messages)
        {
            deflate.Write(Encoding.UTF8.GetBytes(message + s_long));
            deflate.Flush();
            all.Add(output.ToArray()[..^4]);
            output.SetLength(0);
        }

        return all;
    }

    private static string Inflate(byte[] payload) => Encoding.UTF8.GetString(Deflated.Read(payload));

    private static string Plain(RawFrame? frame)
    {
        Assert.Equal(RawFrame.Text, frame!.First);
        return frame.AsText;
    }
}
