using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>Channels among the other endpoints of an application.</summary>
public sealed class EndpointSpec
{
    [Fact]
    public async Task A_page_and_a_channel_share_a_route()
    {
        await using var lab = await Lab.Start(new LabOptions { App = app => app.MapGet("/lab", () => "the page") });
        using var http = new HttpClient();
        using var client = await lab.Connect();

        Assert.Equal("the page", await http.GetStringAsync(lab.Http("/lab")));
        Assert.Equal("""{"text":null,"action":"echo"}""", await client.Ask("""{"action":"echo"}"""));
    }

    [Fact]
    public async Task A_page_for_everything_else_leaves_upgrades_to_the_channels()
    {
        await using var lab = await Lab.Start(new LabOptions { App = app => app.MapFallback(() => "the page") });
        using var http = new HttpClient();
        using var client = await lab.Connect();

        Assert.Equal("the page", await http.GetStringAsync(lab.Http("/lab")));
        Assert.Equal("the page", await http.GetStringAsync(lab.Http("/anything")));
        Assert.Equal("""{"text":null,"action":"echo"}""", await client.Ask("""{"action":"echo"}"""));
    }

    [Fact]
    public async Task What_is_said_of_all_channels_holds_for_each()
    {
        await using var lab = await Lab.Start(new LabOptions { Map = channels => channels.RequireHost("chat.example.com") });

        Assert.Equal(101, (await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab", "Host: chat.example.com"))).Status);
        var response = await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab", "Host: www.example.com"));
        Assert.Equal(404, response.Status);
        Assert.NotNull(response.Problem.GetProperty("title").GetString());
    }

    [Fact]
    [Trait("Rule", "D4")]
    public async Task A_cookie_signs_in_and_one_that_is_none_any_more_does_not()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Builder = b => b.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(),
            App = app => app.MapGet("/sign-in", (HttpContext context) => context.SignInAsync(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "alice")], "form")))),
            Pikku = p => p.UseSession(principal => new User(principal.Identity!.Name!)),
            Channel = c => c.MapAction("whoami", (PikkuContext context) => context.Session?.UserId ?? "nobody"),
        });
        using var handler = new HttpClientHandler { CookieContainer = new CookieContainer() };
        using var http = new HttpClient(handler);
        await http.GetAsync(lab.Http("/sign-in"));

        using var alice = await TextClient.Connect(lab.Ws(), o => o.Cookies = handler.CookieContainer);
        using var guest = await lab.Connect();

        Assert.Contains("alice", await alice.Ask("""{"action":"whoami"}"""), StringComparison.Ordinal);
        Assert.Contains("nobody", await guest.Ask("""{"action":"whoami"}"""), StringComparison.Ordinal);
        await using var stale = await RawClient.Upgrade(lab.Port, "/lab", 0, "Cookie: .AspNetCore.Cookies=stale");
        await stale.SendText("""{"action":"whoami"}""");
        Assert.Contains("nobody", (await stale.ReadFrame())!.AsText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "D4")]
    public async Task Authorization_of_the_application_refuses_before_the_channel_does()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Builder = b => b.Services.AddAuthorization().AddAuthentication("none").AddCookie("none", o => o.Events.OnRedirectToLogin = context =>
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            }),
            Map = channels => channels.RequireAuthorization(),
        });

        Assert.Equal(401, (await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab"))).Status);
        await lab.Holds(0);
    }

    private sealed record User(string UserId) : IPikkuSession;
}
