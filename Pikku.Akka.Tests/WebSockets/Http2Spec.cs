using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The same behavior over HTTP/2, where a WebSocket is one stream of a connection (RFC 8441).</summary>
public sealed class Http2Spec
{
    [Fact]
    public async Task Serves_connections_as_streams_of_one_connection()
    {
        await using var lab = await Start();
        using var http = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(http);
        using var first = await Connect(lab, invoker);
        using var second = await Connect(lab, invoker);

        Assert.Equal("""{"text":"1","action":"echo"}""", await first.Ask("""{"action":"echo","text":"1"}"""));
        Assert.Equal("""{"text":"2","action":"echo"}""", await second.Ask("""{"action":"echo","text":"2"}"""));

        await first.Close();
        await lab.Holds(1);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, first.CloseCode);
        Assert.Equal("""{"text":"3","action":"echo"}""", await second.Ask("""{"action":"echo","text":"3"}"""));
    }

    [Fact]
    public async Task Aborts_one_stream_and_no_other()
    {
        await using var lab = await Start();
        using var http = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(http);
        using var first = await Connect(lab, invoker);
        await Eventually.Holds(() => lab.Connected == 1, "onConnect has run"); // before the second connects, so that its id is the only one
        var firstId = Assert.Single(lab.Ids);
        using var second = await Connect(lab, invoker);

        lab.Directory.All.Single(c => c.Id == firstId).Abort();

        await Assert.ThrowsAnyAsync<Exception>(first.Receive);
        await lab.Holds(1);
        Assert.Equal("""{"text":"2","action":"echo"}""", await second.Ask("""{"action":"echo","text":"2"}"""));
    }

    [Fact]
    public async Task Leaves_nothing_behind_of_streams_that_the_client_resets()
    {
        await using var lab = await Start();
        using var http = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(http);
        using var first = await Connect(lab, invoker);
        using var second = await Connect(lab, invoker);

        first.Dispose();

        await lab.Holds(1);
        Assert.Equal("""{"text":"2","action":"echo"}""", await second.Ask("""{"action":"echo","text":"2"}"""));
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task Requires_an_upgrade_without_headers_that_HTTP_2_forbids()
    {
        await using var lab = await Start();
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await http.GetAsync(lab.Http("/lab"));

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.False(response.Headers.Contains("Upgrade"));
        Assert.DoesNotContain(lab.Logs.Entries, e => e.Text.Contains("'Upgrade'", StringComparison.Ordinal));
    }

    // Without TLS a port serves one version of HTTP, because the version cannot be negotiated.
    private static Task<Lab> Start() => Lab.Start(new LabOptions
    {
        Builder = b => b.WebHost.ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2)),
    });

    private static Task<TextClient> Connect(Lab lab, HttpMessageInvoker http) => TextClient.Connect(
        lab.Ws(),
        o =>
        {
            o.HttpVersion = HttpVersion.Version20;
            o.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        },
        http);
}
