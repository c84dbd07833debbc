using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Interoperability;

/// <summary>
/// The same dialogue with WebSocket clients of other projects, over real sockets, with and without compression.
/// </summary>
public sealed class InteroperabilitySpec(SharedLabs labs, ForeignClients clients) : IClassFixture<SharedLabs>, IClassFixture<ForeignClients>
{
    private const string Subprotocol = "pikku.v1";
    private const int Limit = 1 << 20;

    // More than pikku.compression.min-size, with characters of one to four bytes.
    private static readonly string s_long = string.Concat(Enumerable.Range(0, 300).Select(i => $"Nr. {i} kostet 3 €, süß 😀. "));
    private static readonly Topic<string> s_news = new("news");

    /// <summary>All clients, without and with compression.</summary>
    public static TheoryData<string, bool> Everyone => Able(Abilities.None);

    public static TheoryData<string, bool> Fragmenting => Able(Abilities.Fragments);

    public static TheoryData<string, bool> WithAnyText => Able(Abilities.AnyText);

    public static TheoryData<string, bool> Pinging => Able(Abilities.Pings);

    [SkippableTheory]
    [MemberData(nameof(Everyone))]
    public async Task Texts_of_any_length_are_answered(string name, bool compressed)
    {
        await using var client = await OpenAsync(await LabAsync(name, compressed), name, compressed);

        foreach (var text in (string[])["", "é", "short: süß 😀", s_long, s_long + "again"])
            Assert.Equal(Echo(text), await EchoAsync(client, text));
        await EndAsync(client);
    }

    [SkippableTheory]
    [MemberData(nameof(Fragmenting))]
    public async Task A_message_in_several_frames_is_one_message(string name, bool compressed)
    {
        await using var client = await OpenAsync(await LabAsync(name, compressed), name, compressed);
        var message = Echo(s_long);

        await client.SendAsync(message[..1], message[1..40], message[40..2000], message[2000..]);

        Assert.Equal(message, await client.ReceiveAsync());
        await EndAsync(client);
    }

    [SkippableTheory]
    [MemberData(nameof(Everyone))]
    public async Task Bytes_are_answered(string name, bool compressed)
    {
        await using var client = await OpenAsync(await LabAsync(name, compressed), name, compressed, subprotocol: null);
        var noise = new byte[3000];
        new Random(1).NextBytes(noise);

        await client.SendBytesAsync([]); // an empty answer is not sent [J1]
        foreach (var bytes in (byte[][])[[0], new byte[3000], noise])
        {
            await client.SendBytesAsync(bytes);
            Assert.Equal($"bytes {Convert.ToHexString(bytes)}", await client.ReceiveAsync());
        }

        await EndAsync(client);
    }

    [SkippableTheory]
    [MemberData(nameof(Everyone))]
    public async Task An_event_arrives_at_subscribers_with_and_without_compression(string name, bool compressed)
    {
        var lab = await LabAsync(name, compressed);
        await using var client = await OpenAsync(lab, name, compressed);
        using var with = await TextClient.Connect(lab.Ws(), options => options.DangerousDeflateOptions = new());
        using var without = await TextClient.Connect(lab.Ws());
        await client.SendAsync("""{"action":"subscribe","id":1}""");
        Assert.Equal("""{"action":"subscribe","id":1}""", await client.ReceiveAsync());
        foreach (var other in (TextClient[])[with, without])
            await other.Ask("""{"action":"subscribe"}""");

        foreach (var text in (string[])["short", s_long, s_long + "again"])
        {
            await lab.Services.GetRequiredService<IEventHub>().PublishAsync(s_news, text);
            var expected = $$"""{"topic":"news","data":"{{text}}"}""";
            Assert.Equal([expected, expected, expected], [await client.ReceiveAsync(), (await with.Receive())!, (await without.Receive())!]);
        }

        await EndAsync(client);
        await with.Close();
        await without.Close();
    }

    [SkippableTheory]
    [MemberData(nameof(Everyone))]
    public async Task A_message_of_the_limit_is_answered_and_one_byte_more_closes_with_1009(string name, bool compressed)
    {
        await using var client = await OpenAsync(await LabAsync(name, compressed), name, compressed);
        var room = Limit - Echo("").Length;

        Assert.Equal(Echo(new string('x', room)), await EchoAsync(client, new string('x', room)));
        await client.SendAsync(Echo(new string('x', room + 1)));

        Assert.StartsWith("close 1009 ", await client.ReceiveAsync(), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(WithAnyText))]
    public async Task Text_that_is_not_UTF8_closes_with_1007(string name, bool compressed)
    {
        await using var client = await OpenAsync(await LabAsync(name, compressed), name, compressed);

        await client.SendAsTextAsync([(byte)'"', 0xC3, 0x28, (byte)'"']);

        Assert.StartsWith("close 1007 ", await client.ReceiveAsync(), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Pinging))]
    public async Task A_ping_of_the_client_is_answered(string name, bool compressed)
    {
        await using var client = await OpenAsync(await LabAsync(name, compressed), name, compressed);

        await client.PingAsync();

        Assert.Equal(Echo("still here"), await EchoAsync(client, "still here"));
        await EndAsync(client);
    }

    [SkippableTheory]
    [MemberData(nameof(Everyone))]
    public async Task A_client_that_is_silent_answers_the_pings_of_the_server(string name, bool compressed)
    {
        var lab = await LabAsync(name, compressed, "pikku.connection { ping-interval = 500ms, ping-timeout = 60s, sweep-interval = 100ms }");
        await using var client = await OpenAsync(lab, name, compressed);
        await EchoAsync(client, "the last word");
        var connection = Assert.Single(lab.Directory.All);
        var last = connection.Activity.ReceivedAt;

        await Eventually.Holds(() => connection.Activity.ReceivedAt > last, "a pong");

        // No closing handshake follows: a ping that crosses it could be answered after the server has closed the socket, and .NET reports that as an error.
        Assert.Equal(Echo(s_long), await EchoAsync(client, s_long));
    }

    [SkippableTheory]
    [MemberData(nameof(Everyone))]
    public async Task The_client_closes_with_a_code_and_gets_it_back(string name, bool compressed)
    {
        var lab = await LabAsync(name, compressed);
        await using var client = await OpenAsync(lab, name, compressed);
        await EchoAsync(client, s_long);

        await client.CloseAsync(4321, "bis später");

        Assert.StartsWith("close 4321", await client.ReceiveAsync(), StringComparison.Ordinal);
        await lab.Holds(0);
    }

    [SkippableTheory]
    [MemberData(nameof(Everyone))]
    public async Task The_server_closes_with_a_code_and_a_reason(string name, bool compressed)
    {
        var lab = await LabAsync(name, compressed);
        await using var client = await OpenAsync(lab, name, compressed);

        await client.SendAsync("""{"action":"leave","id":1}""");

        Assert.Equal("close 1003 bis später", await client.ReceiveAsync());
        await lab.Holds(0);
    }

    private static TheoryData<string, bool> Able(Abilities abilities)
    {
        var data = new TheoryData<string, bool>();
        foreach (var (name, can) in ForeignClients.All)
        {
            if (!can.HasFlag(abilities))
                continue;
            data.Add(name, false);
            data.Add(name, true);
        }

        return data;
    }

    private static string Echo(string text) => $$$"""{"action":"echo","id":7,"data":{"text":"{{{text}}}"}}""";

    private static async Task<string> EchoAsync(IForeignClient client, string text)
    {
        await client.SendAsync(Echo(text));
        return await client.ReceiveAsync();
    }

    private static async Task EndAsync(IForeignClient client)
    {
        await client.CloseAsync(1000, "");
        Assert.StartsWith("close 1000", await client.ReceiveAsync(), StringComparison.Ordinal);
    }

    // A browser offers compression always, so the server must decline it in the dialogues without compression. The other clients do not offer it then.
    private Task<Lab> LabAsync(string name, bool compressed, string pings = "pikku.connection.ping-interval = infinite") => labs.GetAsync(new LabOptions
    {
        Hocon = $$"""
            pikku.compression.enabled = {{(compressed || name != ForeignClients.Browser ? "on" : "off")}}
            {{pings}}
            pikku.outbox.max-size = 4MiB
            """,
        Channel = channel =>
        {
            channel.MapAction("subscribe", (PikkuContext context) => context.EventHub.SubscribeAsync(s_news));
            channel.MapAction("leave", (IPikkuChannel connection) => connection.Close(CloseCode.UnsupportedData, "bis später"));
        },
        App = app => app.MapGet("/page", () => Results.Content("<!doctype html><title>page</title>", "text/html")),
    });

    private async Task<IForeignClient> OpenAsync(Lab lab, string name, bool compressed, string? subprotocol = Subprotocol)
    {
        var client = await clients.StartAsync(name, lab);
        try
        {
            var handshake = await client.OpenAsync(lab.Ws(), subprotocol, compressed ? new DeflateParameters() : null);
            Assert.Equal(subprotocol, handshake.Subprotocol);
            Assert.Equal(compressed ? "permessage-deflate; server_no_context_takeover; client_no_context_takeover" : null, handshake.Extensions);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }
}
