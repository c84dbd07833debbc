using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>An open console needs the right all the time, and not only when it is opened.</summary>
public sealed class ConsoleAuthorizationSpec
{
    private const int SignInEnded = 4401;
    private const int Denied = 4403;

    // Asks before each update.
    private const string Strict = "pikku.console { refresh-interval = 100ms, authorization-interval = 1ms }";

    // Asks only before actions, and when the application says so.
    private const string Lenient = "pikku.console { refresh-interval = 100ms, authorization-interval = 1h }";

    // For a client that sends its next message as soon as it has the reply: on a fast machine it exceeds the rate of a usual client.
    private const string Unlimited = "pikku.limits { messages-per-second = 1000000, message-burst = 1000000 }";

    [Fact]
    public async Task A_policy_that_turns_false_ends_the_console_and_the_action_has_no_effect()
    {
        var rights = new OperatorRights();
        await using var lab = await StartAsync(Lenient, rights);
        using var console = await ConsoleClient.ConnectAsync(lab, "operator");
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        var id = await IdOfAsync(console, "ann");

        rights.IsGranted = false;
        Assert.Equal(Denied, (await console.UntilClosedAsync("close", new { id })).Code);

        Assert.Contains("still here", await ann.Ask("""{"action":"echo","text":"still here"}"""), StringComparison.Ordinal);
        Assert.DoesNotContain(lab.Logs.Entries, entry => entry.Text.Contains("carries out close", StringComparison.Ordinal));
        Assert.Contains(lab.Logs.Entries, entry => entry.Text.Contains("The console of the operator operator", StringComparison.Ordinal));
        await Assert.ThrowsAsync<WebSocketException>(() => ConsoleClient.ConnectAsync(lab, "operator"));
    }

    [Theory]
    [InlineData("watch", null)]
    [InlineData("trace", "ann")]
    public async Task A_policy_that_turns_false_ends_the_console_before_the_next_update(string stream, string? user)
    {
        // One question at the upgrade and one when the stream begins. Each update needs one more, but for the first one, which may come within the interval.
        var rights = new OperatorRights { Limit = 5 };
        await using var lab = await StartAsync($"{Strict}\npikku.watch.poll-interval = 20ms\n{Unlimited}", rights);
        using var console = await ConsoleClient.ConnectAsync(lab, "operator");
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        using var stop = new CancellationTokenSource();
        var talking = TalkAsync(ann, stop.Token);

        var (code, items) = await console.UntilClosedAsync(stream, user is null ? null : new { user });
        await stop.CancelAsync();
        await talking;

        Assert.Equal(Denied, code);
        Assert.InRange(items, 3, user is null ? 4 : int.MaxValue); // entries of a trace come many at a time, within the interval
    }

    [Fact]
    public async Task A_sign_in_that_expires_ends_the_console_before_the_next_update()
    {
        await using var lab = await StartAsync(Lenient, new OperatorRights());
        using var console = await ConsoleClient.ConnectAsync(lab, "operator", DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal(SignInEnded, (await console.UntilClosedAsync("watch")).Code);
    }

    [Fact]
    public async Task A_sign_in_that_has_expired_can_not_act()
    {
        await using var lab = await StartAsync(Lenient, new OperatorRights());
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        using var console = await ConsoleClient.ConnectAsync(lab, "operator", DateTimeOffset.UtcNow);
        Assert.Equal(SignInEnded, (await console.UntilClosedAsync("revoke", new { user = "ann" })).Code);
        Assert.Contains("still here", await ann.Ask("""{"action":"echo","text":"still here"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_that_the_application_does_not_accept_any_more_ends_the_console()
    {
        var rights = new OperatorRights();
        await using var lab = await StartAsync(Strict, rights);
        using var console = await ConsoleClient.ConnectAsync(lab, "operator");
        await console.AskAsync("facts");
        rights.IsSignedIn = false;
        Assert.Equal(SignInEnded, (await console.UntilClosedAsync("watch")).Code);
    }

    [Fact]
    public async Task A_policy_that_stays_true_is_asked_before_each_update_and_the_console_lives_on()
    {
        var rights = new OperatorRights();
        await using var lab = await StartAsync(Strict, rights);
        using var console = await ConsoleClient.ConnectAsync(lab, "operator", DateTimeOffset.UtcNow.AddHours(1));
        var updates = 0;
        await foreach (var _ in console.StreamAsync("watch"))
            if (++updates == 10)
                break;
        Assert.InRange(rights.Asked, 9, int.MaxValue);

        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        await console.AskAsync("close", new { id = await IdOfAsync(console, "ann") });
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ann.AwaitClose());
    }

    [Fact]
    public async Task What_is_shown_relies_on_a_recent_yes_and_actions_do_not()
    {
        var rights = new OperatorRights();
        await using var lab = await StartAsync(Lenient, rights);
        using var console = await ConsoleClient.ConnectAsync(lab, "operator");
        await console.AskAsync("connections");
        await console.AskAsync("topics");
        Assert.Equal(1, rights.Asked); // at the upgrade
        await console.AskAsync("refresh", new { user = "ann" });
        Assert.Equal(2, rights.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_application_ends_the_console_of_an_operator_at_once_on_any_node(bool revoke)
    {
        var rights = new OperatorRights();
        await using var first = await ConsoleLab.JoinAsync(hocon: Lenient, rights: rights);
        await using var second = await ConsoleLab.JoinAsync(first, Lenient, rights: rights);
        using var console = await ConsoleClient.ConnectAsync(first, "operator");
        await console.AskAsync("facts");
        var users = second.Services.GetRequiredService<IPikkuUsers>();
        await users.RefreshAsync("operator"); // the operator still has the right
        var asked = rights.Asked;
        Assert.Equal(2, asked);
        await users.RefreshAsync("ann");
        Assert.Equal(asked, rights.Asked);
        await console.AskAsync("facts");

        rights.IsGranted = false;
        if (revoke)
            await users.RevokeAsync("operator");
        else
            await users.RefreshAsync("operator");
        Assert.Equal(Denied, await console.ClosedAsync());
    }

    [Fact]
    public async Task A_policy_that_fails_closes_the_console_so_that_its_page_comes_back_and_the_action_has_no_effect()
    {
        var rights = new OperatorRights();
        await using var lab = await StartAsync(Lenient, rights);
        using var console = await ConsoleClient.ConnectAsync(lab, "operator");
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        rights.IsBroken = true;
        Assert.Equal((int)CloseCode.InternalError, (await console.UntilClosedAsync("revoke", new { user = "ann" })).Code);
        Assert.Contains("still here", await ann.Ask("""{"action":"echo","text":"still here"}"""), StringComparison.Ordinal);
        Assert.Contains(lab.Logs.Entries, entry => entry is { Level: LogLevel.Error, Category: "Pikku.Akka.Console" } && entry.Text.Contains("The database is down.", StringComparison.Ordinal));

        rights.IsBroken = false;
        using var again = await ConsoleClient.ConnectAsync(lab, "operator");
        await again.AskAsync("refresh", new { user = "ann" });
    }

    [Fact]
    public async Task A_role_that_the_application_takes_from_a_cookie_ends_the_console()
    {
        var rights = new OperatorRights();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = Strict,
            Builder = builder =>
            {
                builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
                // As ASP.NET Core Identity does it by the security stamp: the cookie stays valid, and its user is read anew.
                builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie => cookie.Events.OnValidatePrincipal = context =>
                {
                    context.ReplacePrincipal(Operator(rights.IsGranted));
                    return Task.CompletedTask;
                });
                builder.Services.AddAuthorizationBuilder().AddPolicy("operators", rules => rules.RequireRole("operator"));
            },
            App = web =>
            {
                web.MapGet("/sign-in", (HttpContext context) => context.SignInAsync(Operator(true)));
                web.MapPikkuConsole(policy: "operators");
            },
        });
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var signedIn = await http.GetAsync(lab.Http("/sign-in"));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var console = new ConsoleClient(await TextClient.Connect(lab.Ws("/pikku/live"), options =>
        {
            options.AddSubProtocol("pikku.v1");
            options.SetRequestHeader("Cookie", cookie);
        }));
        var updates = 0;
        await foreach (var _ in console.StreamAsync("watch"))
            if (++updates == 3)
                break;
        rights.IsGranted = false;
        Assert.Equal(Denied, await console.ClosedAsync());

        // A browser is sent to the login page. The page, which connects again by itself, learns the status.
        using var page = await http.GetAsync(lab.Http("/pikku/"));
        using var live = await http.GetAsync(lab.Http("/pikku/live"));
        Assert.Equal((HttpStatusCode.Found, HttpStatusCode.Forbidden), (page.StatusCode, live.StatusCode));
    }

    [Fact]
    public async Task The_log_names_the_operator_who_acts_and_who_explains()
    {
        await using var lab = await StartAsync(Lenient, new OperatorRights());
        using var console = await ConsoleClient.ConnectAsync(lab, "operator");
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        await console.AskAsync("explain", new { user = "ann", channel = "lab", action = "secret" });
        await console.AskAsync("close", new { id = await IdOfAsync(console, "ann") });
        Assert.Contains(lab.Logs.Entries, entry => entry.Text.StartsWith("The operator operator (console connection ", StringComparison.Ordinal) && entry.Text.Contains("carries out close", StringComparison.Ordinal));
        Assert.Contains(lab.Logs.Entries, entry => entry.Text.StartsWith("operator had the decision", StringComparison.Ordinal) && entry.Text.Contains("user ann", StringComparison.Ordinal));
    }

    private static ClaimsPrincipal Operator(bool hasRole)
    {
        Claim[] claims = hasRole ? [new Claim(ClaimTypes.Name, "olga"), new Claim(ClaimTypes.Role, "operator")] : [new Claim(ClaimTypes.Name, "olga")];
        return new ClaimsPrincipal(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    private static Task<Lab> StartAsync(string hocon, OperatorRights rights) => ConsoleLab.StartAsync(hocon, "Production", "operators", rights: rights);

    private static async Task<string> IdOfAsync(ConsoleClient console, string user) =>
        Assert.Single((await console.AskAsync("connections", new { search = user, by = "user" })).GetProperty("rows").EnumerateArray()).GetProperty("id").GetString()!;

    // Messages for a trace until the test is over.
    private static async Task TalkAsync(TextClient client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await client.Ask("""{"action":"echo","text":"hello"}""");
    }
}
