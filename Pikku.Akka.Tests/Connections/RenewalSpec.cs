using System.Security.Claims;
using System.Text.Json;
using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>The action <c>pikku-auth</c> among the messages of a connection. The test decides about the tokens.</summary>
[Trait("Rule", "Q3")]
public sealed class RenewalSpec
{
    private static readonly DateTimeOffset Later = new(2026, 1, 1, 1, 2, 3, TimeSpan.Zero);

    [Theory]
    [InlineData(false, """{"action":"pikku-auth","token":"t"}""", """{"expiresAt":"2026-01-01T01:02:03.000Z","action":"pikku-auth"}""")]
    [InlineData(false, """{"action":"pikku-auth","id":7,"data":{"token":"t"}}""", """{"action":"pikku-auth","id":7,"data":{"expiresAt":"2026-01-01T01:02:03.000Z"}}""")]
    [InlineData(true, """{"action":"pikku-auth","id":"a","data":{"token":"t"}}""", """{"action":"pikku-auth","id":"a","data":{"expiresAt":"2026-01-01T01:02:03.000Z"}}""")]
    [InlineData(true, """{"action":"pikku-auth","data":{"token":"x","token":"t"}}""", """{"action":"pikku-auth","data":{"expiresAt":"2026-01-01T01:02:03.000Z"}}""")]
    [InlineData(true, """{"action":"pikku-auth","data":{"\u0074oken":"\u0074"}}""", """{"action":"pikku-auth","data":{"expiresAt":"2026-01-01T01:02:03.000Z"}}""")]
    public async Task Replies_in_the_form_of_the_message(bool enveloped, string message, string reply)
    {
        await using var node = await LiveNode.StartAsync(WhoAmI);
        var client = await node.ConnectAsync(enveloped: enveloped, session: new TestSession(), authenticator: new Authenticator(t => t == "t" ? new TestSession { ExpiresAt = Later } : null));

        Assert.Equal(reply, await client.AskAsync(message));
    }

    [Theory]
    [InlineData(false, """{"action":"pikku-auth"}""")]
    [InlineData(true, """{"action":"pikku-auth","id":1,"data":{}}""")]
    public async Task Does_not_name_an_expiry_that_the_session_does_not_have(bool enveloped, string reply)
    {
        await using var node = await LiveNode.StartAsync(WhoAmI);
        var client = await node.ConnectAsync(enveloped: enveloped, authenticator: new Authenticator(_ => new TestSession()));

        Assert.Equal(reply, await client.AskAsync(enveloped ? """{"action":"pikku-auth","id":1,"data":{"token":"t"}}""" : """{"action":"pikku-auth","token":"t"}"""));
    }

    [Theory]
    [InlineData("""{"action":"pikku-auth"}""")]
    [InlineData("""{"action":"pikku-auth","id":1}""")]
    [InlineData("""{"action":"pikku-auth","data":null}""")]
    [InlineData("""{"action":"pikku-auth","data":"t"}""")]
    [InlineData("""{"action":"pikku-auth","data":["token","t"]}""")]
    [InlineData("""{"action":"pikku-auth","data":{"Token":"t"}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":null}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":7}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":{"token":"t"}}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":"t","token":1}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":""}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":"a b"}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":"a\r\nX-Evil: b"}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":"ä"}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":"\ud800"}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":"123456789"}}""")]
    [InlineData("""{"action":"pikku-auth","data":{"token":"\u0031\u0032\u0033\u0034\u0035\u0036\u0037\u0038\u0039"}}""")]
    public async Task Refuses_what_is_no_token_and_keeps_the_session(string message)
    {
        await using var node = await LiveNode.StartAsync(WhoAmI, "pikku.session.max-token-size = 8B");
        var client = await node.ConnectAsync(
            enveloped: true, session: new TestSession("ann"), authenticator: new Authenticator(_ => (TestSession?)null));

        var error = JsonElement.Parse(await client.AskAsync(message));

        Assert.Equal("UnprocessableContentError", error.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal("token", error.GetProperty("error").GetProperty("details")[0].GetProperty("path").GetString());
        Assert.Equal("pikku-auth", error.GetProperty("action").GetString());
        Assert.Equal("""{"action":"whoami","data":"ann"}""", await client.AskAsync("""{"action":"whoami"}"""));
    }

    [Fact]
    public async Task Accepts_a_token_of_the_largest_size_with_and_without_escapes()
    {
        await using var node = await LiveNode.StartAsync(WhoAmI, "pikku.session.max-token-size = 8B");
        var client = await node.ConnectAsync(enveloped: true, authenticator: new Authenticator(t => t == "12345678" ? new TestSession() : null));

        foreach (var token in (string[])["12345678", @"1\u0032\u0033\u0034\u0035\u00367\u0038"])
            Assert.Equal("""{"action":"pikku-auth","data":{}}""", await client.AskAsync($$$"""{"action":"pikku-auth","data":{"token":"{{{token}}}"}}"""));
    }

    [Fact]
    public async Task Is_handled_in_order_with_other_messages()
    {
        var release = new TaskCompletionSource();
        await using var node = await LiveNode.StartAsync(c =>
        {
            WhoAmI(c);
            c.MapAction("wait", () => release.Task);
        });
        var client = await node.ConnectAsync(enveloped: true, authenticator: new Authenticator(_ => new TestSession("ann")));

        client.Send("""{"action":"whoami"}""", """{"action":"wait"}""", """{"action":"pikku-auth","data":{"token":"t"}}""", """{"action":"whoami"}""");
        await client.ExpectAsync("""{"action":"whoami","data":null}""");
        release.SetResult();

        await client.ExpectAsync("""{"action":"wait"}""", """{"action":"pikku-auth","data":{}}""", """{"action":"whoami","data":"ann"}""");
    }

    [Fact]
    public async Task Counts_against_the_rate()
    {
        await using var node = await LiveNode.StartAsync(WhoAmI, "pikku.limits { messages-per-second = 1, message-burst = 2, violation-cost = 1 }");
        var client = await node.ConnectAsync(enveloped: true, authenticator: new Authenticator(_ => new TestSession()));
        const string renew = """{"action":"pikku-auth","data":{"token":"t"}}""";

        client.Send(renew, renew, renew);

        await client.ExpectAsync("""{"action":"pikku-auth","data":{}}""", """{"action":"pikku-auth","data":{}}""");
        Assert.Contains("TooManyRequestsError", await client.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prevents_that_an_expired_session_closes_the_connection()
    {
        await using var node = await LiveNode.StartAsync(WhoAmI);
        var client = await node.ConnectAsync(
            enveloped: true, session: new TestSession { ExpiresAt = node.Clock.GetUtcNow() + TimeSpan.FromSeconds(10) },
            authenticator: new Authenticator(_ => new TestSession { ExpiresAt = Later }));

        node.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Contains("expiresAt", await client.AskAsync("""{"action":"pikku-auth","data":{"token":"t"}}"""), StringComparison.Ordinal);
        await node.SweepAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("""{"action":"whoami","data":"ann"}""", await client.AskAsync("""{"action":"whoami"}"""));
    }

    [Fact]
    public async Task Gives_a_connection_that_has_lost_its_expired_session_a_new_one()
    {
        await using var node = await LiveNode.StartAsync(WhoAmI, "pikku.session.on-expiry = downgrade");
        var client = await node.ConnectAsync(
            enveloped: true, session: new TestSession { ExpiresAt = node.Clock.GetUtcNow() }, authenticator: new Authenticator(_ => new TestSession()));
        await node.SweepAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("""{"action":"whoami","data":null}""", await client.AskAsync("""{"action":"whoami"}"""));

        await client.AskAsync("""{"action":"pikku-auth","data":{"token":"t"}}""");

        Assert.Equal("""{"action":"whoami","data":"ann"}""", await client.AskAsync("""{"action":"whoami"}"""));
    }

    [Fact]
    public async Task Refuses_the_token_of_another_user_and_keeps_the_session()
    {
        await using var node = await LiveNode.StartAsync(WhoAmI);
        var client = await node.ConnectAsync(enveloped: true, session: new TestSession("ann"), authenticator: new Authenticator(_ => new TestSession("bob")));

        Assert.Contains("ForbiddenError", await client.AskAsync("""{"action":"pikku-auth","data":{"token":"t"}}"""), StringComparison.Ordinal);
        Assert.Equal("""{"action":"whoami","data":"ann"}""", await client.AskAsync("""{"action":"whoami"}"""));
    }

    [Fact]
    public async Task A_token_that_is_checked_for_too_long_changes_nothing()
    {
        var checking = new TaskCompletionSource();
        var release = new TaskCompletionSource<IPikkuSession?>();
        await using var node = await LiveNode.StartAsync(WhoAmI, "pikku.function.timeout = 5s");
        var client = await node.ConnectAsync(enveloped: true, authenticator: new Authenticator(_ =>
        {
            checking.SetResult();
            return release.Task;
        }));

        client.Send("""{"action":"pikku-auth","id":1,"data":{"token":"t"}}""");
        await checking.Task.Soon();
        await node.SweepAsync(TimeSpan.FromSeconds(6));
        Assert.Contains("RequestTimeoutError", await client.NextAsync(), StringComparison.Ordinal);
        release.SetResult(new TestSession("ann"));

        Assert.Equal("""{"action":"whoami","data":null}""", await client.AskAsync("""{"action":"whoami"}"""));
    }

    [Fact]
    public async Task Exists_on_a_channel_that_routes_by_another_property_and_changes_no_other_message()
    {
        await using var node = await LiveNode.StartAsync(c => c.RoutingKey("command").MapAction("run", (Input input) => input));
        var client = await node.ConnectAsync(authenticator: new Authenticator(_ => new TestSession()));

        Assert.Equal("""{"action":"pikku-auth"}""", await client.AskAsync("""{"action":"pikku-auth","token":"t"}"""));
        Assert.Equal("""{"action":"x","command":"run"}""", await client.AskAsync("""{"action":"x","command":"run"}"""));
        var unknown = await client.AskAsync("""{"action":"pikku-other"}""");
        Assert.Contains("NotFoundError", unknown, StringComparison.Ordinal);
        Assert.DoesNotContain("pikku-other", unknown, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "H3")]
    public async Task Does_not_pass_channel_middleware()
    {
        await using var node = await LiveNode.StartAsync(c => WhoAmI(c.UseChannelMiddleware((_, _, _) => ValueTask.CompletedTask)));
        var client = await node.ConnectAsync(enveloped: true, authenticator: new Authenticator(_ => new TestSession { ExpiresAt = Later }));

        client.Send("""{"action":"whoami"}""", """{"action":"pikku-auth","data":{"token":"t"}}""");

        await client.ExpectAsync("""{"action":"pikku-auth","data":{"expiresAt":"2026-01-01T01:02:03.000Z"}}""");
    }

    private static void WhoAmI(ChannelBuilder channel) => channel.MapAction("whoami", (PikkuContext context) => context.Session?.UserId);

    private sealed record Input(string? Action = null);

    private sealed class Authenticator(Func<string, Task<IPikkuSession?>> sessionOf) : ITokenAuthenticator
    {
        public Authenticator(Func<string, TestSession?> sessionOf) : this(token => Task.FromResult<IPikkuSession?>(sessionOf(token))) { }

        public async ValueTask<AcceptedToken> AuthenticateAsync(string token, IServiceProvider services, CancellationToken cancellationToken) =>
            new(new ClaimsPrincipal(), await sessionOf(token) ?? throw new UnauthorizedError(), null);
    }
}
