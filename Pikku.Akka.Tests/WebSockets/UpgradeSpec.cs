using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Requests to the route of a channel that are not upgrades, and upgrades that are refused.</summary>
public sealed class UpgradeSpec(SharedLabs labs) : IClassFixture<SharedLabs>
{
    [Theory]
    [InlineData("Sec-WebSocket-Version: 12")]
    [InlineData("Sec-WebSocket-Version")]
    [InlineData("Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key: ")]
    [InlineData("Sec-WebSocket-Key: c2hvcnQ=")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==")]
    [InlineData("Sec-WebSocket-Key: not base64 at all !!!")]
    [InlineData("Connection: close")]
    [InlineData("Upgrade: h2c")]
    [InlineData("Upgrade")]
    [Trait("Rule", "E6")]
    public async Task Requires_an_upgrade_when_the_handshake_is_invalid(string header)
    {
        var lab = await labs.GetAsync();

        var response = await Respond(lab, RawClient.UpgradeRequest("/lab", header));

        Assert.Equal(426, response.Status);
        Assert.Equal("13", response["Sec-WebSocket-Version"]);
        Assert.Equal("websocket", response["Upgrade"]);
        Assert.Equal("Upgrade Required", response.Problem.GetProperty("title").GetString());
        await lab.Holds(0);
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task Requires_an_upgrade_when_a_page_is_requested()
    {
        await using var lab = await Lab.Start();
        using var http = new HttpClient();

        using var response = await http.GetAsync(lab.Http("/lab"));

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("13", Assert.Single(response.Headers.GetValues("Sec-WebSocket-Version")));
    }

    [Theory]
    [InlineData("POST /lab HTTP/1.1", 405)]
    [InlineData("GET /nowhere HTTP/1.1", 404)]
    [InlineData("GET /lab/deeper HTTP/1.1", 404)]
    [Trait("Rule", "E6")]
    public async Task Refuses_an_upgrade_that_finds_no_channel_with_a_problem(string line, int status)
    {
        var lab = await labs.GetAsync();

        var response = await Respond(lab, RawClient.Request(line));

        Assert.Equal(status, response.Status);
        Assert.NotNull(response.Problem.GetProperty("title").GetString());
        await lab.Holds(0);
    }

    [Fact]
    public async Task Leaves_other_requests_their_own_404()
    {
        await using var lab = await Lab.Start();
        using var http = new HttpClient();

        using var response = await http.GetAsync(lab.Http("/nowhere"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Requires_an_upgrade_for_HTTP_1_0()
    {
        await using var lab = await Lab.Start();

        var response = await Respond(lab, RawClient.Request("GET /lab HTTP/1.0"));

        Assert.Equal(426, response.Status);
        await lab.Holds(0);
    }

    [Theory]
    [InlineData("GET /lab HTTP/9.9\r\n\r\n", 505)]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n", 400)]
    [InlineData("complete nonsense\r\n\r\n", 400)]
    [InlineData("GET /lab HTTP/1.1\r\nHost\r\n\r\n", 400)]
    [InlineData("GET /lab HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /la%00b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    public async Task Leaves_invalid_HTTP_to_the_server(string bytes, int status)
    {
        await using var lab = await Lab.Start();
        using var other = await lab.Connect();
        await using var client = await RawClient.Connect(lab.Port);

        await client.Send(bytes);

        Assert.Equal(status, (await client.ReadResponse()).Status);
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Theory]
    [InlineData("Content-Length: 5")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Refuses_an_upgrade_that_announces_a_body(string header)
    {
        await using var lab = await Lab.Start();

        var response = await Respond(lab, RawClient.UpgradeRequest("/lab", header));

        Assert.InRange(response.Status, 400, 499);
        await lab.Holds(0);
    }

    [Fact]
    public async Task Refuses_huge_headers()
    {
        await using var lab = await Lab.Start();

        var response = await Respond(lab, RawClient.UpgradeRequest("/lab", $"X-Padding: {new string('x', 40_000)}"));

        Assert.Equal(431, response.Status);
        await lab.Holds(0);
    }

    [Fact]
    public async Task Times_out_on_an_incomplete_request()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Builder = b => b.WebHost.ConfigureKestrel(k => k.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1)),
        });
        using var other = await lab.Connect();
        await using var client = await RawClient.Connect(lab.Port);

        await client.Send("GET /lab HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: webso");

        Assert.Equal(408, (await client.ReadResponse()).Status);
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Theory]
    [InlineData("Upgrade: WebSocket")]
    [InlineData("Upgrade: h2c, websocket")]
    [InlineData("Connection: keep-alive, Upgrade")]
    [InlineData("sec-websocket-extensions: permessage-deflate; client_max_window_bits")]
    public async Task Accepts_every_valid_spelling_of_an_upgrade(string header)
    {
        await using var lab = await Lab.Start();

        Assert.Equal(101, (await Respond(lab, RawClient.UpgradeRequest("/lab", header))).Status);
    }

    [Fact]
    [Trait("Rule", "B8")]
    public async Task Processes_frames_that_arrive_with_the_upgrade_after_onConnect()
    {
        var gate = new TaskCompletionSource();
        await using var lab = await Lab.Start(new LabOptions
        {
            Pikku = p => p.WireChannel("gated", c =>
            {
                c.AllowAnonymous().OnConnect(async () =>
                {
                    await gate.Task;
                    return "connected";
                });
                c.MapAction("hello", () => "hello");
            }),
        });
        await using var client = await RawClient.Connect(lab.Port);

        await client.Send(RawClient.UpgradeRequest("/gated"));
        await client.SendText("""{"action":"hello"}""");
        Assert.Equal(101, (await client.ReadResponse()).Status);
        gate.SetResult();

        Assert.Equal("connected", (await client.ReadFrame())!.AsText);
        Assert.Equal("""{"action":"hello","result":"hello"}""", (await client.ReadFrame())!.AsText);
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task Refuses_with_429_when_the_address_has_too_many_connections()
    {
        await using var lab = await Lab.Start("pikku.limits.connections-per-address = 1");
        using var first = await lab.Connect();

        var response = await Respond(lab, RawClient.UpgradeRequest("/lab"));

        Assert.Equal(429, response.Status);
        Assert.NotNull(response["Retry-After"]);
        Assert.NotNull(response.Problem.GetProperty("title").GetString());
        await lab.Holds(1);
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task Refuses_with_503_when_the_node_is_full_and_takes_the_next_when_one_has_left()
    {
        await using var lab = await Lab.Start("pikku.limits.connections-per-node = 1");
        using var first = await lab.Connect();

        var response = await Respond(lab, RawClient.UpgradeRequest("/lab"));
        Assert.Equal(503, response.Status);
        Assert.NotNull(response["Retry-After"]);
        Assert.NotNull(response.Problem.GetProperty("title").GetString());

        await first.Close();
        await Eventually.Holds(async () => (await Respond(lab, RawClient.UpgradeRequest("/lab"))).Status == 101, "the place is free");
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task Refuses_with_503_when_the_server_has_reached_its_own_limit()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Builder = b => b.WebHost.ConfigureKestrel(k => k.Limits.MaxConcurrentUpgradedConnections = 1),
        });
        using var first = await lab.Connect();

        var response = await Respond(lab, RawClient.UpgradeRequest("/lab"));

        Assert.Equal(503, response.Status);
        Assert.NotNull(response["Retry-After"]);
        await lab.Holds(1);
    }

    [Fact]
    [Trait("Rule", "I2")]
    public async Task Refuses_opening_data_that_break_the_rules_with_422_and_says_which()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Pikku = p => p.WireChannel("rooms", c => c.Route<Opening>("/rooms/{room}").AllowAnonymous().OnMessage((string text) => text)),
        });

        var response = await Respond(lab, RawClient.UpgradeRequest("/rooms/blue?size=large"));

        Assert.Equal(422, response.Status);
        Assert.Equal("size", response.Problem.GetProperty("errors")[0].GetProperty("path").GetString());
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task Refuses_with_503_without_details_when_the_connection_cannot_be_prepared()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            App = app => app.Use((context, next) =>
            {
                context.User = new(new System.Security.Claims.ClaimsIdentity("test"));
                return next();
            }),
            Pikku = p => p.UseSession<Nobody>(_ => throw new InvalidOperationException("the secret of the database")),
        });

        var response = await Respond(lab, RawClient.UpgradeRequest("/lab"));

        Assert.Equal(503, response.Status);
        Assert.DoesNotContain("secret", response.Body, StringComparison.Ordinal);
        await lab.Holds(0);
    }

    [Fact]
    public async Task Works_in_an_application_that_uses_its_own_WebSockets()
    {
        await using var lab = await Lab.Start(new LabOptions { App = app => app.UseWebSockets() });
        using var client = await lab.Connect();

        Assert.Equal("""{"text":"hi","action":"echo"}""", await client.Ask("""{"action":"echo","text":"hi"}"""));
        await lab.Holds(1);
    }

    [Fact]
    public async Task Lifts_the_timeout_and_the_data_rate_that_the_server_has_for_requests()
    {
        var timeout = new RequestTimeout();
        IHttpMinResponseDataRateFeature? rate = null;
        await using var lab = await Lab.Start(new LabOptions
        {
            App = app => app.Use((context, next) =>
            {
                context.Features.Set<IHttpRequestTimeoutFeature>(timeout);
                rate = context.Features.Get<IHttpMinResponseDataRateFeature>();
                return next();
            }),
        });
        using var client = await lab.Connect();
        await client.Ask("""{"action":"echo"}""");

        Assert.True(timeout.IsDisabled);
        Assert.Null(rate!.MinDataRate);
    }

    internal static async Task<RawResponse> Respond(Lab lab, string request)
    {
        await using var client = await RawClient.Connect(lab.Port);
        await client.Send(request);
        return await client.ReadResponse();
    }

    private sealed record Opening(string Room, int Size);

    private sealed record Nobody : IPikkuSession;

    private sealed class RequestTimeout : IHttpRequestTimeoutFeature
    {
        public bool IsDisabled { get; private set; }

        public CancellationToken RequestTimeoutToken => default;

        public void DisableTimeout() => IsDisabled = true;
    }
}
