using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Actor;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>Nodes with a console, whose users are those of the header <c>X-Name</c>.</summary>
internal static class ConsoleLab
{
    public static readonly Topic<Note> Notes = new("notes");
    public static readonly Topic<int, Note> Rooms = new("room:{number}");

    private const string Clustered = "pikku.cluster { host = \"127.0.0.1\", port = 0, silent-after = 20s, request-timeout = 1m }\nakka.loglevel = ERROR\n";

    /// <summary>The events of the topics.</summary>
    public sealed record Note([Length(1, 100)] string Text, int? Number = null, bool Urgent = false);

    /// <summary>A node of its own.</summary>
    public static Task<Lab> StartAsync(
        string hocon = "", string environment = "Development", string? policy = null, Action<PikkuBuilder>? pikku = null, Action<WebApplication>? app = null,
        OperatorRights? rights = null) =>
        Lab.Start(new LabOptions
        {
            Hocon = hocon,
            Environment = environment,
            Builder = builder =>
            {
                builder.Services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NameHandler>("name", null);
                builder.Services.AddAuthorizationBuilder().AddPolicy("operators", rules => rules.RequireUserName("operator").RequireAssertion(_ => rights?.Ask() ?? true));
                builder.Services.AddSingleton(rights ?? new OperatorRights());
            },
            App = web =>
            {
                app?.Invoke(web);
                web.MapPikkuConsole(policy: policy);
            },
            Pikku = wiring =>
            {
                if (pikku is null)
                    wiring.UseSession(principal => principal.Identity?.Name is { } name ? new User(name) : null);
                pikku?.Invoke(wiring);
            },
            Channel = channel =>
            {
                channel.AddTopic(Notes).AllowSubscribe().AllowAnonymous().WithHistory(100);
                channel.AddTopic(Rooms).AllowSubscribe().AllowAnonymous();
                channel.MapAction("note", async (Note note, IEventHub events) =>
                {
                    await events.PublishAsync(Notes, note);
                    return note;
                });
                channel.MapAction("secret", () => "secret").RequirePermission(IsOperator);
                channel.MapAction("fail", () =>
                {
                    throw new InvalidOperationException("broken");
                });
            },
        });

    /// <summary>A node of a cluster.</summary>
    /// <param name="seed">A node of the cluster; null for the first one.</param>
    /// <param name="hocon">More settings.</param>
    /// <param name="pikku">More wiring.</param>
    /// <param name="rights">The rights of operators, which the policy asks; null for no policy.</param>
    public static Task<Lab> JoinAsync(Lab? seed = null, string hocon = "", Action<PikkuBuilder>? pikku = null, OperatorRights? rights = null)
    {
        var seeds = seed is null ? "" : $"pikku.cluster.seeds = [\"{NameOf(seed)}\"]\n";
        return StartAsync(Clustered + seeds + hocon, policy: rights is null ? null : "operators", pikku: pikku, rights: rights);
    }

    /// <summary>The host and port of a node in its cluster.</summary>
    public static string NameOf(Lab lab)
    {
        var address = global::Akka.Cluster.Cluster.Get(lab.Services.GetRequiredService<ActorSystem>()).SelfAddress;
        return $"{address.Host}:{address.Port}";
    }

    /// <summary>A connection of a user to the channel of the application.</summary>
    public static Task<TextClient> ConnectAsync(Lab lab, string? user) => TextClient.Connect(lab.Ws(), options =>
    {
        if (user is not null)
            options.SetRequestHeader("X-Name", user);
    });

    private static bool IsOperator(PikkuContext context) => context.Session?.UserId == "operator";

    public static async Task SubscribeAsync(TextClient client, string topic)
    {
        await client.Send($$"""{"action":"pikku-subscribe","topic":{{JsonSerializer.Serialize(topic)}}}""");
        await client.Receive();
    }

    private sealed record User(string UserId) : IPikkuSession;

    // The user of the header X-Name, whose sign-in expires at the time of the header X-Expires.
    private sealed class NameHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, OperatorRights rights)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-Name"] is not [{ } name] ? AuthenticateResult.NoResult() : !rights.IsSignedIn ? AuthenticateResult.Fail("signed out") : Success(Uri.UnescapeDataString(name)));

        private AuthenticateResult Success(string name)
        {
            var properties = new AuthenticationProperties();
            if (Request.Headers["X-Expires"] is [{ } expires])
                properties.ExpiresUtc = DateTimeOffset.Parse(expires, CultureInfo.InvariantCulture);
            var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme.Name));
            return AuthenticateResult.Success(new AuthenticationTicket(principal, properties, Scheme.Name));
        }
    }
}
