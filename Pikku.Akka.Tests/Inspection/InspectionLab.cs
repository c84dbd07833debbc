using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Actor;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Inspection;

/// <summary>Nodes whose callers name themselves, as a bearer token: a user with scopes after a dot, such as <c>ann.rooms+admin</c>; <c>reader</c> has a read-only session.</summary>
internal static class InspectionLab
{
    public const string Operator = "operator";

    public static Task<Lab> StartAsync(Action<ChannelBuilder> channel, string hocon = "", Action<PikkuBuilder>? pikku = null) => Lab.Start(new LabOptions
    {
        Hocon = hocon,
        Builder = builder => AddCallers(builder.Services),
        App = app => app.MapPikkuApi("operators"),
        Channel = channel,
        Pikku = builder =>
        {
            Wire(builder);
            pikku?.Invoke(builder);
        },
    });

    public static void AddCallers(IServiceCollection services)
    {
        services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NameHandler>("name", null);
        services.AddAuthorizationBuilder()
            .AddPolicy("operators", policy => policy.RequireUserName(Operator))
            .AddPolicy("staff", policy => policy.RequireAssertion(context => context.User.Identity?.Name?.Contains("admin", StringComparison.Ordinal) == true));
    }

    public static void Wire(PikkuBuilder builder) =>
        builder.UseSession(principal => principal.Identity?.Name is { } name ? Of(name) : null).AddScopes("rooms", "admin");

    public static User Of(string name) => name.Split('.') is [var user, var scopes]
        ? new User(user, scopes.Split('+'), user == "reader")
        : new User(name, [], name == "reader");

    /// <summary>Connects. The connection is open when the method returns, except to <c>/notes</c>, which sends a message by itself.</summary>
    public static async Task<TextClient> ConnectAsync(Lab lab, string? name, string? subprotocol = "pikku.v1", string path = "/lab")
    {
        var client = await TextClient.Connect(lab.Ws(path), options =>
        {
            if (subprotocol is not null)
                options.AddSubProtocol(subprotocol);
            if (name is not null)
                options.SetRequestHeader("Authorization", $"Bearer {name}");
        });
        if (path != "/notes")
            Assert.Contains("ready", await client.Ask("""{"action":"pikku-ping","ready":true}"""), StringComparison.Ordinal);
        return client;
    }

    public static HttpClient NewClient(Lab lab, string? name = Operator)
    {
        var client = new HttpClient { BaseAddress = lab.Http("/api/pikku/") };
        if (name is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", name);
        return client;
    }

    public static async Task<(Lab First, Lab Second)> StartTwoAsync(Action<ChannelBuilder> channel, Action<PikkuBuilder>? pikku = null)
    {
        var cluster = $"pikku.cluster {{ host = \"127.0.0.1\", port = 0, silent-after = 20s }}\nakka.loglevel = ERROR\n";
        var first = await StartAsync(channel, cluster, pikku);
        var address = global::Akka.Cluster.Cluster.Get(first.Services.GetRequiredService<ActorSystem>()).SelfAddress;
        return (first, await StartAsync(channel, $"{cluster}pikku.cluster.seeds = [\"{address.Host}:{address.Port}\"]", pikku));
    }

    /// <summary>The name of the error in a reply; null for success.</summary>
    public static string? ErrorOf(string? reply)
    {
        Assert.NotNull(reply);
        var json = JsonDocument.Parse(reply).RootElement;
        return json.TryGetProperty("error", out var error) ? error.GetProperty("name").GetString() : null;
    }

    public sealed record User(string UserId, IReadOnlyCollection<string> Scopes, bool IsReadOnly) : IPikkuSession;

    private sealed class NameHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            const string Scheme = "Bearer ";
            var header = Request.Headers.Authorization.ToString();
            return Task.FromResult(header.StartsWith(Scheme, StringComparison.Ordinal)
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, header[Scheme.Length..])], "name")), "name"))
                : AuthenticateResult.NoResult());
        }
    }
}
