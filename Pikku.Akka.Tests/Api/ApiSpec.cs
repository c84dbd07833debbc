using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Actor;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pikku.Akka.Api;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Api;

/// <summary>The HTTP API, over HTTP.</summary>
public sealed class ApiSpec : IAsyncLifetime
{
    private static readonly Topic<Message> Kept = new("kept");
    private static readonly Topic<int, Message> Rooms = new("room:{number}");
    private static readonly PresenceTopic<Message> Present = new("present");

    private Lab _lab = null!;
    private HttpClient _operator = null!;

    public async Task InitializeAsync()
    {
        _lab = await StartAsync("");
        _operator = NewClient(_lab, "operator");
    }

    public async Task DisposeAsync()
    {
        _operator.Dispose();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_may_use_it_but_those_who_meet_the_policy()
    {
        using var guest = NewClient(_lab, null);
        using var user = NewClient(_lab, "ann");
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(guest, "publish", """{"topic":"kept","data":{"text":"hi"}}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(user, "publish", """{"topic":"kept","data":{"text":"hi"}}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync(_lab.Http("/api/pikku/users/ann/connections"))).StatusCode);
    }

    [Fact]
    public async Task An_unknown_policy_is_refused_at_the_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Lab.Start(new LabOptions
        {
            Builder = builder => builder.Services.AddAuthorization(), App = app => app.MapPikkuApi("nobody"),
        }));
        Assert.Contains("""AddPolicy("nobody", …)""", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kept", """{"text":"hi"}""", """{"topic":"kept","data":{"text":"hi"}}""")]
    [InlineData("room:7", """{"text":"hi"}""", """{"topic":"room:7","data":{"text":"hi"}}""")]
    public async Task An_event_reaches_the_subscribers_as_the_declared_type(string topic, string data, string expected)
    {
        using var client = await ConnectAsync(_lab, "ann");
        await SubscribeAsync(client, topic);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(_operator, "publish", $$"""{"topic":"{{topic}}","data":{{data}}}""")).Status);
        Assert.Equal(expected, await client.Receive());
    }

    [Theory]
    [InlineData("""{"topic":"kept","data":{"text":7}}""", 422, "text")]
    [InlineData("""{"topic":"kept","data":{}}""", 422, "text")]
    [InlineData("""{"topic":"kept","data":{"text":"much too long for it"}}""", 422, "text")]
    [InlineData("""{"topic":"kept"}""", 400, "data")]
    [InlineData("""{"topic":"kept","data":null}""", 422, "required")]
    [InlineData("""{"topic":" ","data":1}""", 422, "topic")]
    [InlineData("""{"topic":"unknown","data":1}""", 404, "unknown")]
    [InlineData("""{"topic":"room","data":{"text":"hi"}}""", 404, "room")]
    [InlineData("""{"topic":"present","data":{"text":"hi"}}""", 422, "entries")]
    [InlineData("""{"topic":"pikku:sessions:0.0","data":{"text":"hi"}}""", 404, "pikku:sessions")]
    [InlineData("""{"topic":"kept","data":{"text":"hi"},"foo":1}""", 400, "foo")]
    [InlineData("""{"topic":"kept","data":""", 400, "content")]
    [InlineData("""{"topic":"kept","data":{"text":"\ud800"}}""", 422, "text")]
    [InlineData("null", 400, "null")]
    [InlineData("", 400, "content")]
    public async Task A_bad_request_is_answered_with_the_mistake(string body, int status, string part)
    {
        var (answered, text) = await PostAsync(_operator, "publish", body);
        Assert.Equal(status, (int)answered);
        Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Equal(status, JsonDocument.Parse(text).RootElement.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Content_of_another_type_and_content_that_is_too_large_are_refused()
    {
        using var text = new StringContent("{}");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await _operator.PostAsync(_lab.Http("/api/pikku/publish"), text)).StatusCode);
        var large = $$$"""{"topic":"kept","data":{"text":"{{{new string('x', 3_000_000)}}}"}}""";
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(_operator, "publish", large)).Status);
    }

    [Fact]
    public async Task A_batch_says_the_outcome_of_each_event()
    {
        var (status, text) = await PostAsync(_operator, "publish/batch",
            """{"events":[{"topic":"kept","data":{"text":"1"}},{"topic":"no","data":1},{"topic":"kept","data":{"text":"2"}}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([204, 404, 204], JsonDocument.Parse(text).RootElement.GetProperty("results").EnumerateArray().Select(one => one.GetProperty("status").GetInt32()));
        Assert.Equal(["1", "2"], (await HistoryAsync(_operator, _lab)).Select(one => one.Text));

        var (refused, reason) = await PostAsync(_operator, "publish/batch", """{"events":[{"topic":"kept","data":{"text":"3"}},null]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused);
        Assert.Contains("null", reason, StringComparison.Ordinal);
        Assert.Equal(2, (await HistoryAsync(_operator, _lab)).Length);

        var many = string.Join(',', Enumerable.Repeat("""{"topic":"kept","data":{"text":"x"}}""", 101));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(_operator, "publish/batch", $$"""{"events":[{{many}}]}""")).Status);
    }

    [Fact]
    public async Task A_retry_gets_the_same_answer_and_publishes_nothing()
    {
        var first = await PostAsync(_operator, "publish/batch", """{"events":[{"topic":"kept","data":{"text":"once"}}]}""", key: "k1");
        var retry = await PostAsync(_operator, "publish/batch", """{"events":[{"topic":"kept","data":{"text":"once"}}]}""", key: "k1");
        Assert.Equal(first, retry);
        Assert.Equal(HttpStatusCode.OK, retry.Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(_operator, "publish", """{"topic":"kept","data":{"text":"other"}}""", key: "k1")).Status); // another endpoint
        var changed = await PostAsync(_operator, "publish/batch", """{"events":[]}""", key: "k1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, changed.Status);
        Assert.Contains("another content", changed.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(_operator, "publish", "{}", key: new string('k', 257))).Status);
        Assert.Equal(["once", "other"], (await HistoryAsync(_operator, _lab)).Select(one => one.Text));
    }

    [Fact]
    public async Task A_request_that_failed_is_carried_out_again()
    {
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(_operator, "publish", """{"topic":"kept","data":{}}""", key: "k")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(_operator, "publish", """{"topic":"kept","data":{"text":"x"}}""", key: "k")).Status);
    }

    [Fact]
    public async Task The_history_has_the_newest_events_and_their_position()
    {
        for (var i = 0; i < 5; i++)
            await PostAsync(_operator, "publish", $$$"""{"topic":"kept","data":{"text":"{{{i}}}"}}""");
        Assert.Equal(["3", "4"], (await HistoryAsync(_operator, _lab, "&limit=2")).Select(one => one.Text));
        var answer = await _operator.GetFromJsonAsync<JsonElement>(_lab.Http("/api/pikku/history?topic=kept"));
        var position = answer.GetProperty("position").GetString()!;
        Assert.Contains(answer.GetProperty("events")[4].GetProperty("at").GetString()!, position, StringComparison.Ordinal);
        // A client that subscribes with the position gets what comes behind it.
        using var client = await TextClient.Connect(_lab.Ws(), options => options.AddSubProtocol("pikku.v1"));
        await PostAsync(_operator, "publish", """{"topic":"kept","data":{"text":"next"}}""");
        var reply = await client.Ask($$$"""{"action":"pikku-subscribe","id":1,"data":{"topic":"kept","since":"{{{position}}}"}}""");
        Assert.Contains("complete", reply, StringComparison.Ordinal);
        Assert.Contains("next", await client.Receive(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.BadRequest, (await _operator.GetAsync(_lab.Http("/api/pikku/history?topic=room:1"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _operator.GetAsync(_lab.Http("/api/pikku/history"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _operator.GetAsync(_lab.Http("/api/pikku/presence?topic="))).StatusCode);
        Assert.Empty((await _operator.GetFromJsonAsync<JsonElement>(_lab.Http("/api/pikku/history?topic=kept&limit=-1"))).GetProperty("events").EnumerateArray());
    }

    [Fact]
    public async Task The_connections_of_a_user_are_listed_and_ended()
    {
        using var client = await ConnectAsync(_lab, "ann");
        using var other = await ConnectAsync(_lab, "bob");
        await SubscribeAsync(client, "room:7");
        await SubscribeAsync(client, "kept");
        var connection = Assert.Single((await ConnectionsAsync("ann")).EnumerateArray());
        Assert.Equal("lab", connection.GetProperty("name").GetString());
        Assert.Equal(["kept", "room:7"], connection.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()).Order());

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(_operator, "users/ann/unsubscribe", """{"topic":"room:7"}""")).Status);
        Assert.Contains("room:7", await client.Receive(), StringComparison.Ordinal);
        Assert.Equal(["kept"], Assert.Single((await ConnectionsAsync("ann")).EnumerateArray()).GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()));

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(_operator, "users/ann/refresh", "")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(_operator, "users/ann/disconnect", """{"channel":"none"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(_operator, "users/ann/disconnect", """{"channel":"lab","reason":"go away"}""")).Status);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await client.AwaitClose());
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(_operator, "users/bob/revoke", "")).Status);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await other.AwaitClose());
    }

    [Fact]
    public async Task Presence_has_a_count_and_as_many_entries_as_asked_for()
    {
        using var ann = await ConnectAsync(_lab, "ann");
        using var bob = await ConnectAsync(_lab, "bob");
        await ann.Ask("""{"action":"join"}""");
        await bob.Ask("""{"action":"join"}""");
        var all = await _operator.GetFromJsonAsync<JsonElement>(_lab.Http("/api/pikku/presence?topic=present"));
        Assert.Equal((2, 2), (all.GetProperty("count").GetInt32(), all.GetProperty("entries").GetArrayLength()));
        var one = await _operator.GetFromJsonAsync<JsonElement>(_lab.Http("/api/pikku/presence?topic=present&limit=1"));
        Assert.Equal((2, 1), (one.GetProperty("count").GetInt32(), one.GetProperty("entries").GetArrayLength()));
    }

    [Fact]
    public async Task Another_node_answers_a_retry_and_acts_on_the_users_of_the_first()
    {
        const string Cluster = "pikku.cluster { host = \"127.0.0.1\", port = 0, silent-after = 20s }\nakka.loglevel = ERROR\n";
        await using var first = await StartAsync(Cluster);
        var address = global::Akka.Cluster.Cluster.Get(first.Services.GetRequiredService<ActorSystem>()).SelfAddress;
        await using var second = await StartAsync($"{Cluster}pikku.cluster.seeds = [\"{address.Host}:{address.Port}\"]");
        using var there = NewClient(second, "operator");
        using var here = NewClient(first, "operator");
        using var client = await ConnectAsync(first, "ann");
        await SubscribeAsync(client, "kept");

        const string Once = """{"topic":"kept","data":{"text":"once"}}""";
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(here, "publish", Once, first, "k")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(there, "publish", Once, second, "k")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(there, "publish", """{"topic":"kept","data":{"text":"last"}}""", second)).Status);
        Assert.Contains("once", await client.Receive(), StringComparison.Ordinal);
        Assert.Contains("last", await client.Receive(), StringComparison.Ordinal);
        Assert.Equal(["once", "last"], (await HistoryAsync(here, first)).Select(one => one.Text));

        var connections = (await there.GetFromJsonAsync<JsonElement>(second.Http("/api/pikku/users/ann/connections"))).GetProperty("connections");
        Assert.Equal("kept", Assert.Single(Assert.Single(connections.EnumerateArray()).GetProperty("topics").EnumerateArray()).GetString());
        await PostAsync(there, "users/ann/disconnect", "{}", second);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await client.AwaitClose());
    }

    private static Task<Lab> StartAsync(string hocon) => Lab.Start(new LabOptions
    {
        Hocon = hocon,
        Builder = builder =>
        {
            builder.Services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NameHandler>("name", null);
            builder.Services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireUserName("operator"));
        },
        App = app => app.MapPikkuApi("operators"),
        Pikku = pikku => pikku.UseSession(principal => principal.Identity?.Name is { } name ? new User(name) : null),
        Channel = channel =>
        {
            channel.AddTopic(Kept).AllowSubscribe().AllowAnonymous().WithHistory(100);
            channel.AddTopic(Rooms).AllowSubscribe().AllowAnonymous();
            channel.AddPresence(Present).AllowSubscribe().AllowAnonymous();
            channel.MapAction("join", (PikkuContext context, IPikkuPresence presence) => presence.JoinAsync(Present, context.Channel.Id, new Message(context.Session!.UserId!)));
        },
    });

    private static HttpClient NewClient(Lab lab, string? name)
    {
        var client = new HttpClient { BaseAddress = lab.Http("/api/pikku/") };
        if (name is not null)
            client.DefaultRequestHeaders.Add("X-Name", name);
        return client;
    }

    private static Task<TextClient> ConnectAsync(Lab lab, string name) => TextClient.Connect(lab.Ws(), options => options.SetRequestHeader("X-Name", name));

    private static async Task SubscribeAsync(TextClient client, string topic) =>
        Assert.Contains("subscribed", await client.Ask($$"""{"action":"pikku-subscribe","topic":"{{topic}}"}"""), StringComparison.Ordinal);

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(HttpClient client, string path, string body, Lab? lab = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, (lab ?? _lab).Http($"/api/pikku/{path}"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add(ApiFilters.KeyHeader, key);
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<Message[]> HistoryAsync(HttpClient client, Lab lab, string more = "") =>
        [.. (await client.GetFromJsonAsync<JsonElement>(lab.Http($"/api/pikku/history?topic=kept{more}"))).GetProperty("events").EnumerateArray()
            .Select(one => one.GetProperty("data").Deserialize<Message>(JsonSerializerOptions.Web)!)];

    private async Task<JsonElement> ConnectionsAsync(string user) =>
        (await _operator.GetFromJsonAsync<JsonElement>(_lab.Http($"/api/pikku/users/{user}/connections"))).GetProperty("connections");

    public sealed record Message([property: Required, StringLength(10)] string Text);

    private sealed record User(string UserId) : IPikkuSession;

    // The name of the caller is in a header.
    private sealed class NameHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-Name"] is [{ } name] ? AuthenticateResult.Success(new AuthenticationTicket(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme.Name)), Scheme.Name)) : AuthenticateResult.NoResult());
    }
}
