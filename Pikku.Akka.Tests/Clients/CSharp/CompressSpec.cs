using System.Net.WebSockets;
using System.Text;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The generated client offers compression only when it is asked to.</summary>
public sealed class CompressSpec(SharedLabs labs) : IClassFixture<SharedLabs>
{
    private const string Header = "Sec-WebSocket-Extensions";

    [Theory]
    [InlineData(true, "on", true)]
    [InlineData(true, "off", false)]
    [InlineData(false, "on", false)]
    public async Task Messages_are_compressed_if_the_client_offers_it_and_the_server_has_it_on(bool offers, string enabled, bool compressed)
    {
        var lab = await labs.GetAsync($"pikku.compression.enabled = {enabled}");
        var text = string.Concat(Enumerable.Repeat("many words ", 1000));

        using var socket = (ClientWebSocket)await PikkuUpgrade.ConnectAsync(lab.Ws(), new PikkuUpgrade("pikku.v1", null) { Compress = offers }, default);

        Assert.Equal(compressed, socket.HttpResponseHeaders!.ContainsKey(Header));
        await socket.SendAsync(Encoding.UTF8.GetBytes($$$"""{"action":"echo","id":1,"data":{"text":"{{{text}}}"}}"""), WebSocketMessageType.Text, true, default);
        Assert.Equal($$$"""{"action":"echo","id":1,"data":{"text":"{{{text}}}"}}""", await ReceiveAsync(socket));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task In_a_browser_the_option_has_no_effect_because_scripts_cannot_set_it()
    {
        var lab = await labs.GetAsync("pikku.compression.enabled = on");

        using var socket = (ClientWebSocket)await PikkuUpgrade.ConnectAsync(lab.Ws(), new PikkuUpgrade("pikku.v1", null) { Compress = true }, isBrowser: true, default);

        Assert.Null(socket.Options.DangerousDeflateOptions);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Eventually.Patience);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_option_of_the_client_reaches_the_function_that_connects(bool compress)
    {
        using var server = new ScriptedServer();
        var options = server.Options;
        var seen = new List<bool>();
        await using var client = new Client(new Uri("ws://example.com"), options with
        {
            Compress = compress,
            Connect = (address, upgrade, cancellation) =>
            {
                seen.Add(upgrade.Compress);
                return options.Connect(address, upgrade, cancellation);
            },
        });

        await client.Boards.ConnectAsync();

        Assert.Equal([compress], seen);
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var (text, buffer) = (new MemoryStream(), new byte[4096]);
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, default).WaitAsync(Eventually.Patience);
            text.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
