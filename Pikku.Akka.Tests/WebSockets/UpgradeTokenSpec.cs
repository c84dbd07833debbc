using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>How a client sends its token, and how the server treats it.</summary>
public sealed class UpgradeTokenSpec(SharedLabs labs) : IClassFixture<SharedLabs>
{
    private const string Good = "good.Token-1_x";
    private const string WhoAmI = """{"action":"whoami"}""";

    [Theory]
    [InlineData("/lab", "Authorization: Bearer good.Token-1_x", "")]
    [InlineData("/lab?access_token=good.Token-1_x", "Authorization", "")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.v1, pikku.bearer.good.Token-1_x", "pikku.v1")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.bearer.good.Token-1_x,pikku.v1", "pikku.v1")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.bearer.good.Token-1_x", "pikku.bearer.good.Token-1_x")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: soap, pikku.bearer.good.Token-1_x", "pikku.bearer.good.Token-1_x")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.v1, pikku.bearer64.Z29vZC5Ub2tlbi0xX3g", "pikku.v1")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.bearer64.Z29vZC5Ub2tlbi0xX3g", "pikku.bearer64.Z29vZC5Ub2tlbi0xX3g")]
    [Trait("Rule", "D4")]
    public async Task Creates_the_session_of_a_token_from_every_location(string path, string header, string selected)
    {
        var lab = await labs.GetAsync(Options());
        await using var client = await RawClient.Connect(lab.Port);

        await client.Send(RawClient.UpgradeRequest(path, header));
        var response = await client.ReadResponse();
        await client.SendText(WhoAmI);

        Assert.Equal(101, response.Status);
        Assert.Equal(selected, response["Sec-WebSocket-Protocol"] ?? "");
        Assert.Contains("alice", (await client.ReadFrame())!.AsText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/lab", "Authorization: Bearer forged")]
    [InlineData("/lab", "Authorization: Bearer expired")]
    [InlineData("/lab?access_token=forged", "Authorization")]
    [InlineData("/lab?access_token=good.Token-1_x&access_token=other", "Authorization")]
    [InlineData("/lab?access_token=a%0d%0aX-Evil:%20b", "Authorization")]
    [InlineData("/lab?access_token=%00", "Authorization")]
    [InlineData("/lab?access_token=%F0%9F%98%80", "Authorization")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.v1, pikku.bearer.forged")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.v1, pikku.bearer64.Zm9yZ2Vk")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.v1, pikku.bearer64.8J-YgA")] // U+1F600
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.v1, pikku.bearer64.YQ0KWC1FdmlsOiBi")] // CR LF
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.v1, pikku.bearer64._w")] // no UTF-8
    [InlineData("/lab", "Sec-WebSocket-Protocol: pikku.v1, pikku.bearer64.a!")] // no base64url
    [Trait("Rule", "E6")]
    public async Task Refuses_an_invalid_token_with_401(string path, string header)
    {
        var lab = await labs.GetAsync(Options());

        var response = await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest(path, header));

        Assert.Equal(401, response.Status);
        Assert.Equal("Bearer error=\"invalid_token\"", response["WWW-Authenticate"]);
        Assert.Equal("Unauthorized", response.Problem.GetProperty("title").GetString());
        await lab.Holds(0);
    }

    [Theory]
    [InlineData("/lab", "Authorization")]
    [InlineData("/lab?access_token=", "Authorization")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: soap")]
    [InlineData("/lab", "Sec-WebSocket-Protocol: soap, pikku.bearer64")]
    [Trait("Rule", "D1")]
    public async Task Accepts_a_client_without_a_token_as_anonymous(string path, string header)
    {
        var lab = await labs.GetAsync(Options());
        await using var client = await RawClient.Connect(lab.Port);

        await client.Send(RawClient.UpgradeRequest(path, header));
        var response = await client.ReadResponse();
        await client.SendText(WhoAmI);

        Assert.Equal(101, response.Status);
        Assert.Null(response["Sec-WebSocket-Protocol"]);
        Assert.Contains("nobody", (await client.ReadFrame())!.AsText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uses_the_header_when_there_are_two_tokens()
    {
        await using var lab = await Start();

        var response = await UpgradeSpec.Respond(
            lab, RawClient.UpgradeRequest($"/lab?access_token={Good}", "Authorization: Bearer forged"));

        Assert.Equal(401, response.Status);
    }

    [Theory]
    [InlineData("pikku.upgrade.query-token = off", "/lab?access_token=good.Token-1_x", "Authorization")]
    [InlineData("pikku.upgrade.subprotocol-token = off", "/lab", "Sec-WebSocket-Protocol: pikku.v1, pikku.bearer.good.Token-1_x")]
    public async Task Reads_tokens_only_from_the_configured_locations(string hocon, string path, string header)
    {
        await using var lab = await Start(hocon);
        await using var client = await RawClient.Connect(lab.Port);

        await client.Send(RawClient.UpgradeRequest(path, header));
        Assert.Equal(101, (await client.ReadResponse()).Status);
        await client.SendText(WhoAmI);

        Assert.Contains("nobody", (await client.ReadFrame())!.AsText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_authenticate_page_requests_by_the_query()
    {
        var seen = new TaskCompletionSource<string>();
        await using var lab = await Start(app: app => app.Use((context, next) =>
        {
            seen.TrySetResult(context.Request.Headers.Authorization.ToString());
            return next();
        }));
        using var http = new HttpClient();

        using var response = await http.GetAsync(lab.Http($"/lab?access_token={Good}"));

        Assert.Equal("", await seen.Task);
    }

    [Fact]
    public async Task Selects_no_token_that_is_not_valid_in_a_header()
    {
        await using var lab = await Lab.Start();

        var response = await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab", "Sec-WebSocket-Protocol: pikku.bearer.\u00c3\u00a9"));

        Assert.Equal(101, response.Status);
        Assert.Null(response["Sec-WebSocket-Protocol"]);
    }

    [Fact]
    public async Task Connects_a_client_that_accepts_only_what_it_offered()
    {
        await using var lab = await Start();
        using var client = await TextClient.Connect(lab.Ws(), o => o.AddSubProtocol("pikku.bearer." + Good));

        Assert.Contains("alice", await client.Ask(WhoAmI), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_no_token_to_any_log()
    {
        await using var lab = await Start();

        foreach (var token in (string[])[Good, "forged-secret"])
        {
            await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest($"/lab?access_token={token}"));
            await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab", $"Sec-WebSocket-Protocol: pikku.bearer.{token}"));
            await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab", $"Authorization: Bearer {token}"));
            await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest($"/nowhere?access_token={token}"));
        }

        await lab.Holds(0);
        Assert.NotEmpty(lab.Logs.Entries);
        Assert.DoesNotContain(lab.Logs.Entries, e => e.Text.Contains(Good, StringComparison.Ordinal));
        Assert.DoesNotContain(lab.Logs.Entries, e => e.Text.Contains("forged-secret", StringComparison.Ordinal));
    }

    private static Task<Lab> Start(string hocon = "", Action<WebApplication>? app = null) => Lab.Start(Options(hocon, app));

    private static LabOptions Options(string hocon = "", Action<WebApplication>? app = null) => new()
    {
        Hocon = hocon,
        Builder = b => b.Services.AddAuthentication("bearer").AddScheme<AuthenticationSchemeOptions, BearerHandler>("bearer", null),
        App = app ?? (_ => { }),
        Pikku = p => p.UseSession(User.From),
        Channel = c => c.MapAction("whoami", (PikkuContext context) => context.Session?.UserId ?? "nobody"),
    };

    private sealed record User(string UserId) : IPikkuSession
    {
        public static User From(ClaimsPrincipal principal) => new(principal.Identity!.Name!);
    }

    // Like every bearer scheme, it reads only the header. It accepts one token.
    private sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            string? header = Request.Headers.Authorization;
            if (string.IsNullOrEmpty(header))
                return Task.FromResult(AuthenticateResult.NoResult());
            if (header != "Bearer " + Good)
                return Task.FromResult(AuthenticateResult.Fail("not the token"));
            var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "alice")], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name)));
        }
    }
}
