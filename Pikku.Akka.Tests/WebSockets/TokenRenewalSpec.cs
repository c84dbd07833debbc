using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The authentication of the application judges the tokens that clients send after the upgrade.</summary>
[Trait("Rule", "Q3")]
public sealed class TokenRenewalSpec
{
    private const string WhoAmI = """{"action":"whoami"}""";

    private static readonly SymmetricSecurityKey Key = new(Enumerable.Repeat((byte)7, 32).ToArray());
    private static readonly SymmetricSecurityKey OtherKey = new(Enumerable.Repeat((byte)8, 32).ToArray());

    [Theory]
    [InlineData("Bearer")]
    [InlineData("either")]
    public async Task A_valid_token_replaces_the_session(string scheme)
    {
        await using var lab = await Start(scheme);
        using var client = await Connect(lab, Token("ann", role: "reader"));
        Assert.Equal("""{"action":"whoami","result":"ann reader"}""", await client.Ask(WhoAmI));

        var expiry = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeSeconds());
        var reply = await client.Ask(Renew(Token("ann", role: "staff", expires: expiry)));

        Assert.Equal($$"""{"expiresAt":"{{expiry:yyyy-MM-dd'T'HH:mm:ss}}.000Z","action":"pikku-auth"}""", reply);
        Assert.Equal("""{"action":"whoami","result":"ann staff"}""", await client.Ask(WhoAmI));
    }

    [Fact]
    [Trait("Rule", "G3")]
    public async Task Values_that_an_action_stored_are_kept_as_at_the_upgrade()
    {
        await using var lab = await Start("Bearer");
        using var client = await Connect(lab, Token("ann"));
        await client.Ask("""{"action":"store","note":"milk"}""");

        await client.Ask(Renew(Token("ann", role: "staff")));

        Assert.Equal("""{"action":"whoami","result":"ann staff milk"}""", await client.Ask(WhoAmI));
    }

    public static TheoryData<string> WrongTokens => new(
        "not-a-token", Token("ann", key: OtherKey), Token("ann", expires: DateTimeOffset.UtcNow.AddDays(-1)), Token("ann", issuer: "evil"), "a.b.c");

    [Theory]
    [MemberData(nameof(WrongTokens), DisableDiscoveryEnumeration = true)]
    public async Task A_token_that_is_not_accepted_leaves_the_old_session(string token)
    {
        await using var lab = await Start("Bearer");
        using var client = await Connect(lab, Token("ann"));

        var reply = await client.Ask(Renew(token));

        Assert.Contains("UnauthorizedError", reply, StringComparison.Ordinal);
        Assert.Contains(""" "action":"pikku-auth" """.Trim(), reply, StringComparison.Ordinal);
        Assert.Equal("""{"action":"whoami","result":"ann"}""", await client.Ask(WhoAmI));
    }

    [Fact]
    public async Task The_token_of_another_user_leaves_the_old_session()
    {
        await using var lab = await Start("Bearer");
        using var client = await Connect(lab, Token("ann"));

        Assert.Contains("ForbiddenError", await client.Ask(Renew(Token("bob"))), StringComparison.Ordinal);
        Assert.Equal("""{"action":"whoami","result":"ann"}""", await client.Ask(WhoAmI));
    }

    [Fact]
    public async Task A_connection_without_a_session_gets_one()
    {
        await using var lab = await Start("Bearer");
        using var client = await Connect(lab, null);

        await client.Ask(Renew(Token("ann")));

        Assert.Equal("""{"action":"whoami","result":"ann"}""", await client.Ask(WhoAmI));
    }

    [Theory]
    [InlineData("Cookies")]
    [InlineData(null)]
    public async Task A_scheme_that_reads_no_token_is_an_error_that_is_logged_with_the_way_out(string? scheme)
    {
        await using var lab = await Start(scheme);
        using var client = await Connect(lab, null);

        Assert.Contains("UnauthorizedError", await client.Ask(Renew("secret-token")), StringComparison.Ordinal);

        Assert.Single(lab.Logs.Entries, entry => entry.Level == LogLevel.Information && entry.Text.Contains("no authentication scheme read it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_policies_of_the_endpoint_are_asked_again()
    {
        await using var lab = await Start("Bearer", map: endpoint => endpoint.RequireAuthorization(policy => policy.RequireClaim("role", "staff")));
        using var client = await Connect(lab, Token("ann", role: "staff"));

        Assert.Contains("ForbiddenError", await client.Ask(Renew(Token("ann", role: "reader"))), StringComparison.Ordinal);
        Assert.Equal("""{"action":"whoami","result":"ann staff"}""", await client.Ask(WhoAmI));
        Assert.Contains("expiresAt", await client.Ask(Renew(Token("ann", role: "staff"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_may_name_the_scheme_when_there_is_no_default()
    {
        await using var lab = await Start(null, map: endpoint => endpoint.RequireAuthorization(policy => policy.AddAuthenticationSchemes("Bearer").RequireAuthenticatedUser()));
        using var client = await Connect(lab, Token("ann"));

        Assert.Contains("UnauthorizedError", await client.Ask(Renew(Token("ann", key: OtherKey))), StringComparison.Ordinal);
        Assert.Contains("expiresAt", await client.Ask(Renew(Token("ann", role: "staff"))), StringComparison.Ordinal);
        Assert.Equal("""{"action":"whoami","result":"ann staff"}""", await client.Ask(WhoAmI));
    }

    [Fact]
    public async Task The_session_lasts_as_long_as_the_new_token_is_accepted()
    {
        // The token is over, but within the clock skew, so it is accepted.
        await using var lab = await Start("Bearer");
        using var client = await Connect(lab, Token("ann"));

        Assert.Contains("expiresAt", await client.Ask(Renew(Token("ann", expires: DateTimeOffset.UtcNow.AddSeconds(-30)))), StringComparison.Ordinal);
        for (var i = 0; i < 5; i++)
        {
            await lab.Sweep();
            Assert.Equal("""{"action":"whoami","result":"ann"}""", await client.Ask(WhoAmI));
        }
    }

    [Fact]
    public async Task No_token_is_logged()
    {
        await using var lab = await Start("Bearer");
        using var client = await Connect(lab, Token("ann"));

        string[] tokens = [Token("ann"), Token("bob"), Token("ann", key: OtherKey), "secret-token", "secret token"];
        foreach (var token in tokens)
            await client.Ask(Renew(token));

        Assert.NotEmpty(lab.Logs.Entries);
        Assert.DoesNotContain(lab.Logs.Entries, entry => tokens.Any(token => entry.Text.Contains(token, StringComparison.Ordinal)));
    }

    private static string Renew(string token) => $$"""{"action":"pikku-auth","token":"{{token}}"}""";

    private static Task<TextClient> Connect(Lab lab, string? token) =>
        TextClient.Connect(lab.Ws(), options => options.SetRequestHeader("Authorization", token is null ? null : $"Bearer {token}"));

    private static string Token(string user, string? role = null, DateTimeOffset? expires = null, SymmetricSecurityKey? key = null, string issuer = "lab") =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Subject = new ClaimsIdentity(role is null ? [new Claim("sub", user)] : [new Claim("sub", user), new Claim("role", role)]),
            Issuer = issuer,
            Expires = (expires ?? DateTimeOffset.UtcNow.AddHours(1)).UtcDateTime,
            SigningCredentials = new SigningCredentials(key ?? Key, SecurityAlgorithms.HmacSha256),
        });

    private static Task<Lab> Start(string? scheme, Action<IEndpointConventionBuilder>? map = null) => Lab.Start(new LabOptions
    {
        Hocon = "pikku.connection.sweep-interval = 1d",
        Builder = b =>
        {
            b.Services.AddAuthorization();
            b.Services.AddAuthentication(options => options.DefaultScheme = scheme)
                .AddCookie("Cookies")
                .AddPolicyScheme("either", null, o => o.ForwardDefaultSelector = context =>
                    context.Request.Headers.Authorization.ToString().StartsWith("Bearer", StringComparison.OrdinalIgnoreCase) ? "Bearer" : "Cookies")
                .AddJwtBearer("Bearer", Accept);
        },
        Pikku = p => p.UseSession(User.From),
        Channel = c =>
        {
            c.MapAction("whoami", (PikkuContext context) => context.GetSession<User>()?.ToString() ?? "nobody");
            c.MapAction("store", (Note note, PikkuContext context) => context.SetSessionAsync(context.GetRequiredSession<User>() with { Note = note.Text }));
        },
        Map = map ?? (_ => { }),
    });

    private static void Accept(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters { IssuerSigningKey = Key, ValidIssuer = "lab", ValidateAudience = false };
    }

    private sealed record Note([property: System.Text.Json.Serialization.JsonPropertyName("note")] string Text);

    private sealed record User(string UserId) : IPikkuSession
    {
        public string? Role { get; init; }

        public string? Note { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        public static User From(ClaimsPrincipal principal) => new(principal.FindFirstValue("sub")!)
        {
            Role = principal.FindFirstValue("role"),
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(principal.FindFirstValue("exp")!, System.Globalization.CultureInfo.InvariantCulture)),
        };

        public override string ToString() => string.Join(' ', new[] { UserId, Role, Note }.OfType<string>());
    }
}
