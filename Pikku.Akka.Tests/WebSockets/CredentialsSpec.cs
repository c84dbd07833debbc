using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// Several credentials in one request, on a server that accepts bearer tokens and cookies. The more explicit one is used: header, subprotocol, query,
/// cookie. If it is invalid, the request is refused; an invalid cookie counts as no credential.
/// </summary>
[Trait("Rule", "D4")]
public sealed class CredentialsSpec
{
    private const string Refused = "401";
    private const string Guest = "nobody";

    private static readonly SymmetricSecurityKey Key = new(Enumerable.Repeat((byte)7, 32).ToArray());

    private static readonly string[] Headers = ["none", "basic", "good", "bad"];
    private static readonly string[] Others = ["none", "good", "bad"];

    [Fact]
    public async Task The_most_explicit_credential_is_used_in_every_combination()
    {
        await using var lab = await Start(DefaultScheme.Selecting);
        var cookie = await CookieOf(lab, "carol");
        var wrong = new List<string>();
        foreach (var header in Headers)
            foreach (var subprotocol in Others)
                foreach (var query in Others)
                    foreach (var kept in Others)
                    {
                        var came = await WhoIs(
                            lab,
                            header switch { "basic" => "Authorization: Basic dTpw", "good" => $"Authorization: Bearer {Token("ann")}", "bad" => "Authorization: Bearer bad", _ => "Authorization" },
                            subprotocol switch { "good" => $"pikku.v1, pikku.bearer.{Token("bob")}", "bad" => "pikku.v1, pikku.bearer.bad", _ => "pikku.v1" },
                            query switch { "good" => $"?access_token={Token("dora")}", "bad" => "?access_token=bad", _ => "" },
                            kept switch { "good" => cookie, "bad" => ".AspNetCore.Cookies=stale", _ => null });
                        var expected =
                            header is "good" ? "ann" : header is "bad" ? Refused
                            : subprotocol is "good" ? "bob" : subprotocol is "bad" ? Refused
                            : query is "good" ? "dora" : query is "bad" ? Refused
                            : kept is "good" ? "carol" : Guest;
                        if (came != expected)
                            wrong.Add($"header {header}, subprotocol {subprotocol}, query {query}, cookie {kept}: {came} and not {expected}");
                    }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(DefaultScheme.Bearer, "Authorization: Basic dTpw", "", "", "nobody")]
    [InlineData(DefaultScheme.Bearer, "Authorization: Basic dTpw", "?access_token={ann}", "", "ann")]
    [InlineData(DefaultScheme.Bearer, "Authorization: Negotiate abc", "?access_token={ann}", "", "ann")]
    [InlineData(DefaultScheme.Bearer, "Authorization: Basic dTpw", "?access_token=bad", "", "401")]
    [InlineData(DefaultScheme.Bearer, "authorization: bearer {ann}", "?access_token=bad", "", "ann")]
    [InlineData(DefaultScheme.Bearer, "Authorization: Bearer", "?access_token={ann}", "", "ann")]
    [InlineData(DefaultScheme.Bearer, "Authorization", "?access_token={ann}&access_token={ann}", "", "ann")]
    [InlineData(DefaultScheme.Bearer, "Authorization", "?access_token={ann}&access_token={bob}", "", "401")]
    [InlineData(DefaultScheme.Bearer, "Authorization", "?access_token=&access_token={ann}", "", "ann")]
    [InlineData(DefaultScheme.Bearer, "Authorization", "?ACCESS_TOKEN={ann}", "", "ann")]
    [InlineData(DefaultScheme.Cookie, "Authorization", "", ".AspNetCore.Cookies=stale", "nobody")]
    [InlineData(DefaultScheme.Cookie, "Authorization: Basic dTpw", "", ".AspNetCore.Cookies=stale", "nobody")]
    [InlineData(DefaultScheme.Cookie, "Authorization", "?access_token=bad", ".AspNetCore.Cookies=stale", "nobody")]
    [InlineData(DefaultScheme.Selecting, "Authorization: Basic dTpw", "", ".AspNetCore.Cookies=stale", "nobody")]
    [InlineData(DefaultScheme.Bearer, "Authorization", "", ".AspNetCore.Cookies=stale", "nobody")]
    public async Task Credentials_for_other_parties_are_ignored(DefaultScheme scheme, string header, string query, string cookie, string who)
    {
        await using var lab = await Start(scheme);

        Assert.Equal(who, await WhoIs(lab, Filled(header), "pikku.v1", Filled(query), cookie.Length == 0 ? null : cookie));
    }

    [Fact]
    public async Task A_stale_cookie_does_not_prevent_a_connection()
    {
        await using var lab = await Start(DefaultScheme.Cookie, auth: true);
        await using var client = await RawClient.Upgrade(lab.Port, "/lab", 0, "Cookie: .AspNetCore.Cookies=stale");

        await client.SendText("""{"action":"whoami"}""");

        Assert.Contains("UnauthorizedError", (await client.ReadFrame())!.AsText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ignored_credentials_and_unread_tokens_are_logged_without_their_values()
    {
        await using var lab = await Start(DefaultScheme.Cookie);

        await WhoIs(lab, "Authorization", "pikku.v1", "?access_token=secret-token", ".AspNetCore.Cookies=secret-cookie");

        var own = lab.Logs.Entries.Where(entry => entry.Category.StartsWith("Pikku.", StringComparison.Ordinal)).ToArray();
        Assert.Single(own, entry => entry.Level == LogLevel.Debug && entry.Text.Contains("continues as a guest", StringComparison.Ordinal));
        Assert.Single(own, entry => entry.Level == LogLevel.Information && entry.Text.Contains("no authentication scheme read it", StringComparison.Ordinal));
        Assert.DoesNotContain(lab.Logs.Entries, entry => entry.Text.Contains("secret-", StringComparison.Ordinal));
    }

    /// <summary>The seconds since the token expired, the clock skew of the scheme, and the expected result.</summary>
    [Theory]
    [InlineData(30, 300, "ann")]
    [InlineData(30, 0, Refused)]
    [InlineData(600, 300, Refused)]
    [InlineData(-60, 0, "ann")]
    public async Task A_session_ends_by_the_same_clock_as_its_token(int since, int skew, string who)
    {
        await using var lab = await Start(DefaultScheme.Bearer, skew: TimeSpan.FromSeconds(skew));
        await using var client = await RawClient.Connect(lab.Port);
        await client.Send(RawClient.UpgradeRequest("/lab", $"Authorization: Bearer {Token("ann", DateTime.UtcNow.AddSeconds(-since))}"));
        var response = await client.ReadResponse();
        if (who == Refused)
        {
            Assert.Equal(401, response.Status);
            return;
        }

        // Several sweeps, each of which would have closed the connection.
        for (var i = 0; i < 20; i++)
        {
            await client.SendText("""{"action":"whoami"}""");
            Assert.Contains(who, (await client.ReadFrame())!.AsText, StringComparison.Ordinal);
            await lab.Sweep();
        }
    }

    [Theory]
    [InlineData("pikku.session.on-expiry = close", Refused)]
    [InlineData("pikku.session.on-expiry = downgrade", Guest)]
    public async Task An_expired_session_is_not_accepted(string hocon, string who)
    {
        // A scheme that does not validate the lifetime of its tokens accepts them.
        await using var lab = await Start(DefaultScheme.Bearer, hocon: hocon, validatesLifetime: false);

        Assert.Equal(who, await WhoIs(lab, $"Authorization: Bearer {Token("ann", DateTime.UtcNow.AddDays(-1))}", "pikku.v1", "", null));
    }

    [Fact]
    public async Task A_token_that_is_not_valid_yet_is_refused()
    {
        await using var lab = await Start(DefaultScheme.Bearer);
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Subject = new ClaimsIdentity([new Claim("sub", "ann")]), NotBefore = DateTime.UtcNow.AddHours(1), Expires = DateTime.UtcNow.AddHours(2),
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.HmacSha256),
        });

        Assert.Equal(Refused, await WhoIs(lab, $"Authorization: Bearer {token}", "pikku.v1", "", null));
    }

    private static string Filled(string text) =>
        text.Replace("{ann}", Token("ann"), StringComparison.Ordinal).Replace("{bob}", Token("bob"), StringComparison.Ordinal);

    private static async Task<string> WhoIs(Lab lab, string header, string subprotocols, string query, string? cookie)
    {
        await using var client = await RawClient.Connect(lab.Port);
        await client.Send(RawClient.UpgradeRequest(
            $"/lab{query}", header, $"Sec-WebSocket-Protocol: {subprotocols}", cookie is null ? "Cookie" : $"Cookie: {cookie}"));
        var response = await client.ReadResponse();
        if (response.Status != 101)
            return $"{response.Status}";
        await client.SendText("""{"action":"whoami","data":{}}""");
        var answer = System.Text.Json.JsonDocument.Parse((await client.ReadFrame())!.AsText);
        return answer.RootElement.GetProperty("data").GetString()!;
    }

    private static readonly DateTime Later = DateTime.UtcNow.AddHours(1);

    private static string Token(string user, DateTime? expires = null) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Subject = new ClaimsIdentity([new Claim("sub", user)]),
        Expires = expires ?? Later,
        SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.HmacSha256),
    });

    private static async Task<string> CookieOf(Lab lab, string user)
    {
        using var handler = new HttpClientHandler { CookieContainer = new CookieContainer() };
        using var http = new HttpClient(handler);
        await http.GetAsync(lab.Http($"/sign-in?user={user}"));
        return handler.CookieContainer.GetCookieHeader(lab.Http("/lab"));
    }

    private static Task<Lab> Start(
        DefaultScheme scheme, bool auth = false, TimeSpan? skew = null, string hocon = "", bool validatesLifetime = true) => Lab.Start(new LabOptions
    {
        Hocon = $"pikku.connection.sweep-interval = 1d\n{hocon}",
        Builder = b => b.Services.AddAuthentication(scheme switch { DefaultScheme.Bearer => "Bearer", DefaultScheme.Cookie => "Cookies", _ => "either" })
            .AddCookie("Cookies")
            .AddPolicyScheme("either", null, o => o.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.ToString().StartsWith("Bearer", StringComparison.OrdinalIgnoreCase) ? "Bearer" : "Cookies")
            .AddJwtBearer("Bearer", o =>
            {
                o.MapInboundClaims = false;
                o.TokenValidationParameters = new TokenValidationParameters
                {
                    IssuerSigningKey = Key, ValidateIssuer = false, ValidateAudience = false, ValidateLifetime = validatesLifetime, NameClaimType = "sub",
                };
                if (skew is { } tolerated)
                    o.TokenValidationParameters.ClockSkew = tolerated;
            }),
        App = app => app.MapGet("/sign-in", (HttpContext context, string user) => context.SignInAsync(
            "Cookies", new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "form")))),
        Pikku = p => p.UseSession(User.From),
        Channel = c => (auth ? c.RequireSession() : c.AllowAnonymous()).MapAction("whoami", (PikkuContext context) => context.Session?.UserId ?? Guest),
    });

    private sealed record User(string UserId) : IPikkuSession
    {
        public DateTimeOffset? ExpiresAt { get; init; }

        public static User From(ClaimsPrincipal principal) => new(principal.FindFirstValue("sub")!)
        {
            ExpiresAt = long.TryParse(principal.FindFirstValue("exp"), out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
        };
    }

    public enum DefaultScheme
    {
        Bearer,
        Cookie,
        Selecting,
    }
}
