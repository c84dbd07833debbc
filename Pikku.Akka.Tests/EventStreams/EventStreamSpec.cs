using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

[Trait("Rule", "O5")]
public sealed class EventStreamSpec
{
    public static TheoryData<string> Versions => ["1.1", "2.0"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_stream_has_the_events_of_its_topic_as_a_WebSocket_of_the_channel_gets_them(string http)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync(version: version);
        using var news = await lab.OpenAsync("news", version);
        using var room = await lab.OpenAsync("room%3A7", version);

        await lab.PublishAsync("news", new { n = 1 });
        await lab.PublishAsync("room:7", "seven");
        await lab.PublishAsync("room:8", "eight");
        await lab.PublishAsync("room:7", new { text = "a\nb" });

        Assert.Equal("""{"topic":"news","data":{"n":1}}""", await news.NextAsync());
        Assert.Equal("""{"topic":"room:7","data":"seven"}""", await room.NextAsync());
        Assert.Equal("""{"topic":"room:7","data":{"text":"a\nb"}}""", await room.NextAsync());
        Assert.InRange(news.Retry!.Value, 1500, 3000);
        Assert.Equal(version, news.Response.Version);
    }

    [Fact]
    public async Task The_response_is_neither_stored_nor_compressed_nor_buffered()
    {
        await using var lab = await StreamLab.StartAsync(more: options =>
        {
            options.Builder = builder => builder.Services.AddResponseCompression(compression => compression.MimeTypes = ["text/event-stream"]);
            options.App = app => app.UseResponseCompression();
        });
        using var news = await lab.OpenAsync("news", null, ("Accept-Encoding", "gzip, br"));

        await lab.PublishAsync("news", 1);

        Assert.Equal("""{"topic":"news","data":1}""", await news.NextAsync());
        Assert.Equal("text/event-stream", news.Response.Content.Headers.ContentType!.ToString());
        Assert.Equal("identity", Assert.Single(news.Response.Content.Headers.ContentEncoding));
        Assert.True(news.Response.Headers.CacheControl is { NoStore: true, NoCache: true });
        Assert.Equal("no", Assert.Single(news.Response.Headers.GetValues("X-Accel-Buffering")));
    }

    [Fact]
    public async Task Texts_with_line_breaks_large_events_and_binary_messages_arrive_whole()
    {
        await using var lab = await StreamLab.StartAsync();
        using var news = await lab.OpenAsync();
        var large = new string('x', 200_000);
        var connection = lab.Directory.All.Single();

        Assert.True(connection.TrySend("two\nlines"));
        Assert.True(connection.TrySend(new byte[] { 1, 2, 3 }));
        await lab.PublishAsync("news", large);
        await lab.PublishAsync("news", 2);

        Assert.Equal("two\nlines", await news.NextAsync());
        Assert.Equal(("pikku-binary", "AQID"), await news.ReadAsync());
        Assert.Equal(large, JsonDocument.Parse(await news.NextAsync()).RootElement.GetProperty("data").GetString());
        Assert.Equal("""{"topic":"news","data":2}""", await news.NextAsync());
    }

    [Theory]
    [InlineData("/live/unknown", 404, "NotFoundError")]
    [InlineData("/live/room:x", 422, "UnprocessableContentError")]
    [InlineData("/live/room:007", 422, "UnprocessableContentError")]
    [InlineData("/live/room:7:8", 404, "NotFoundError")]
    [InlineData("/live/room:%7Bnumber%7D", 422, "UnprocessableContentError")]
    [InlineData("/live/%20", 422, "UnprocessableContentError")]
    [InlineData("/live/a%01b", 404, "NotFoundError")]
    [InlineData("/live/members", 401, "UnauthorizedError")]
    [InlineData("/live/denied", 403, "ForbiddenError")]
    [InlineData("/live/skipped", 403, "ForbiddenError")]
    [InlineData("/live/broken", 500, "InternalServerError")]
    [InlineData("/live/stuck", 503, "RequestTimeoutError")]
    [InlineData("/live/%FF", 400, null)]
    public async Task A_refused_subscribe_is_a_status_with_a_problem_and_leaves_nothing_behind(string path, int status, string? name)
    {
        await using var lab = await StreamLab.StartAsync("pikku { function.timeout = 300ms, connection.sweep-interval = 20ms }");

        using var response = await EventStreamClient.SendAsync(lab.Http(path), HttpMethod.Get, null, ("Accept", "text/event-stream"));

        var problem = await ProblemOf(response);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(name, problem.TryGetProperty("name", out var value) ? value.GetString() : null);
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        if (status == 401)
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        await lab.IsEmptyAsync();
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_refused_and_so_is_one_that_the_server_does_not_read()
    {
        await using var lab = await StreamLab.StartAsync();

        using var longer = await EventStreamClient.SendAsync(lab.Stream(new string('x', 300)), HttpMethod.Get);
        using var longest = await EventStreamClient.SendAsync(lab.Stream(new string('x', 10_000)), HttpMethod.Get);

        Assert.Equal(HttpStatusCode.UnprocessableContent, longer.StatusCode);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, longest.StatusCode);
    }

    [Theory]
    [InlineData("1.1", null, 200)]
    [InlineData("2.0", null, 200)]
    [InlineData("1.1", "text/event-stream", 200)]
    [InlineData("1.1", "TEXT/Event-Stream;q=0.5", 200)]
    [InlineData("1.1", "text/html, */*;q=0.8", 200)]
    [InlineData("1.1", "text/*", 200)]
    [InlineData("1.1", "application/json", 406)]
    [InlineData("2.0", "application/json", 406)]
    [InlineData("1.1", "text/event-stream;q=0, */*", 406)]
    [InlineData("1.1", "nonsense", 406)]
    public async Task A_client_must_accept_event_streams(string http, string? accept, int status)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync(version: version);

        using var response = await EventStreamClient.SendAsync(lab.Stream(), HttpMethod.Get, version, accept is null ? [] : [("Accept", accept)]);

        Assert.Equal(status, (int)response.StatusCode);
        if (status != 200)
            await ProblemOf(response);
        else
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("1.1", "POST")]
    [InlineData("2.0", "POST")]
    [InlineData("1.1", "PUT")]
    [InlineData("1.1", "DELETE")]
    [InlineData("1.1", "OPTIONS")]
    [InlineData("2.0", "OPTIONS")]
    public async Task Other_methods_are_refused_with_the_allowed_ones(string http, string method)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync(version: version);

        using var response = await EventStreamClient.SendAsync(lab.Stream(), new HttpMethod(method), version, ("Accept", "text/event-stream"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        await ProblemOf(response);
        await lab.IsEmptyAsync();
    }

    [Fact]
    public async Task A_request_with_a_large_body_is_refused_and_the_other_streams_of_its_HTTP_2_connection_continue()
    {
        await using var lab = await StreamLab.StartAsync(version: HttpVersion.Version20);
        using var news = await lab.OpenAsync("news", HttpVersion.Version20);

        // The server does not read the body, so it resets the stream after the response, possibly while the client sends.
        using var response = await EventStreamClient.SendAsync(lab.Stream(), HttpMethod.Post, HttpVersion.Version20, new ByteArrayContent(new byte[1024 * 1024]));
        await lab.PublishAsync("news", 1);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("""{"topic":"news","data":1}""", await news.NextAsync());
        await lab.HasAsync(1);
    }

    [Theory]
    [InlineData("1.1", "news", 200)]
    [InlineData("1.1", "denied", 403)]
    [InlineData("2.0", "news", 200)]
    [InlineData("2.0", "denied", 403)]
    public async Task HEAD_answers_as_GET_would_and_ends(string http, string topic, int status)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync(version: version);

        using var response = await EventStreamClient.SendAsync(lab.Stream(topic), HttpMethod.Head, version);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(status == 200 ? "text/event-stream" : "application/problem+json", response.Content.Headers.ContentType!.MediaType);
        await lab.IsEmptyAsync();
    }

    [Fact]
    public async Task A_WebSocket_is_not_a_stream()
    {
        await using var lab = await StreamLab.StartAsync();

        var response = await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/live/news"));

        Assert.Equal(404, response.Status);
        Assert.Contains("event stream", response.Problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("forged.7")]
    [InlineData("a.1,b.2,~h.3")]
    [InlineData("\u007f{}")]
    [InlineData(null)]
    public async Task A_position_that_cannot_be_resumed_is_told_before_the_first_event(string? id)
    {
        await using var lab = await StreamLab.StartAsync();
        using var news = await lab.OpenAsync("news", null, ("Last-Event-ID", id ?? new string('7', 20_000)));

        await lab.PublishAsync("news", 1);

        Assert.Equal(("pikku-lost", """{"subscribed":"news","recovery":"lost","reason":"unknown"}"""), await news.ReadAsync());
        Assert.Equal("""{"topic":"news","data":1}""", await news.NextAsync());
    }

    [Fact]
    public async Task An_empty_position_is_none()
    {
        await using var lab = await StreamLab.StartAsync();
        using var news = await lab.OpenAsync("news", null, ("Last-Event-ID", ""));

        await lab.PublishAsync("news", 1);

        Assert.Equal("""{"topic":"news","data":1}""", await news.NextAsync());
    }

    [Fact]
    public async Task Pages_of_other_origins_are_refused_unless_they_are_listed()
    {
        await using var lab = await StreamLab.StartAsync("pikku.upgrade.origins = [\"https://app.example.com\"]");
        Task<HttpResponseMessage> From(string origin, string topic = "news") => EventStreamClient.SendAsync(lab.Stream(topic), HttpMethod.Get, null, ("Origin", origin));

        using var foreign = await From("https://evil.example");
        using var listed = await From("https://app.example.com");
        using var refused = await From("https://app.example.com", "denied");

        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
        foreach (var (response, status) in new[] { (listed, HttpStatusCode.OK), (refused, HttpStatusCode.Forbidden) })
        {
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("https://app.example.com", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Equal("true", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Credentials")));
            Assert.Contains("Origin", response.Headers.Vary);
        }
    }

    [Theory]
    [InlineData("https://app.example.com", 204)]
    [InlineData("https://evil.example", 403)]
    public async Task A_preflight_is_answered_for_listed_origins(string origin, int status)
    {
        await using var lab = await StreamLab.StartAsync("pikku.upgrade.origins = [\"https://app.example.com\"]");

        using var response = await EventStreamClient.SendAsync(
            lab.Stream(), HttpMethod.Options, null, ("Origin", origin), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 204, response.Headers.Contains("Access-Control-Allow-Headers"));
    }

    [Theory]
    [InlineData("1.1", "connections-per-address", 429)]
    [InlineData("1.1", "connections-per-node", 503)]
    [InlineData("2.0", "connections-per-address", 429)]
    [InlineData("2.0", "connections-per-node", 503)]
    public async Task The_limits_of_connections_count_streams_also_those_that_share_an_HTTP_2_connection(string http, string limit, int status)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync($"pikku.limits.{limit} = 2", version);
        var leaving = await lab.OpenAsync("news", version);
        using var staying = await lab.OpenAsync("news", version);

        using var third = await EventStreamClient.SendAsync(lab.Stream(), HttpMethod.Get, version);
        Assert.Equal(status, (int)third.StatusCode);
        Assert.NotNull(third.Headers.RetryAfter);
        await ProblemOf(third);

        leaving.Dispose();
        await Eventually.Holds(
            async () =>
            {
                using var again = await EventStreamClient.SendAsync(lab.Stream(), HttpMethod.Get, version);
                return again.StatusCode == HttpStatusCode.OK;
            },
            "the place is free");
        await lab.PublishAsync("news", 1);
        Assert.Equal("""{"topic":"news","data":1}""", await staying.NextAsync());
    }

    private static async Task<JsonElement> ProblemOf(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        return problem;
    }
}
