using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Values;

/// <summary>The channel receives the path and query values that a client sends, but never the token.</summary>
[Trait("Rule", "I2")]
public sealed class PathSpec : IAsyncLifetime
{
    private Lab _lab = null!;

    public async Task InitializeAsync() => _lab = await Lab.Start(new LabOptions { Pikku = Wire, App = app => app.UsePathBase("/base") });

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [Theory]
    [InlineData("/rooms/a%2Fb", "a/b")]
    [InlineData("/rooms/a%2fb", "a/b")]
    [InlineData("/rooms/a%252Fb", "a%2Fb")]
    [InlineData("/rooms/a%252fb%2Fc", "a%2fb/c")]
    [InlineData("/rooms/a%25252Fb", "a%252Fb")]
    [InlineData("/rooms/%2F", "/")]
    [InlineData("/rooms/%2F..%2F", "/../")]
    [InlineData("/rooms/a%20b+c", "a b+c")]
    [InlineData("/rooms/%C3%A4%E4%B8%AD%F0%9F%99%82%2F", "ä中🙂/")]
    [InlineData("/rooms/x/../a%252Fb", "a%2Fb")]
    [InlineData("/rooms/x/%2e%2e/a%2Fb", "a/b")]
    [InlineData("/./rooms/a%252Fb", "a%2Fb")]
    [InlineData("/base/rooms/a%252Fb", "a%2Fb")]
    [InlineData("/base/rooms/a%2Fb?x=%2F", "a/b")]
    [InlineData("/pairs/a%252F-b%2F", "a%2F|b/")]
    [InlineData("/files/a%2Fb/c%252Fd", "a/b/c%2Fd")]
    [InlineData("/files/a/b", "a/b")]
    [InlineData("/files/", "none")]
    public async Task A_path_parameter_is_unescaped(string path, string expected)
    {
        await using var client = await _lab.Raw(path);
        Assert.Equal(expected, Encoding.UTF8.GetString((await client.ReadFrame())!.Payload));
    }

    [Theory]
    [InlineData("/text?x=1&access_token=T", """{"x":"1"}""")]
    [InlineData("/text?ACCESS_TOKEN=T&x=1", """{"x":"1"}""")]
    [InlineData("/text?access%5Ftoken=T&x=1", """{"x":"1"}""")]
    [InlineData("/text?access_token=T&access_token=U&x=1", """{"x":"1"}""")]
    [InlineData("/rest?access_token=T&x=1", """{"x":"1"}""")]
    [InlineData("/any?access_token=T&x=1", """{"x":"1"}""")]
    public async Task The_token_in_the_query_is_not_part_of_the_opening_data(string path, string expected)
    {
        await using var client = await _lab.Raw(path);
        Assert.Equal(expected, Encoding.UTF8.GetString((await client.ReadFrame())!.Payload));
        Assert.DoesNotContain(_lab.Logs.Entries, line => line.Text.Contains("access_token=T", StringComparison.OrdinalIgnoreCase) && line.Category.StartsWith("Pikku", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("?value=1e400", "value: must be a number")]
    [InlineData("?value=-1e400", "value: must be a number")]
    [InlineData("?value=NaN", "value: must be a number")]
    [InlineData("?list=1&list=1e400", "list[1]: must be a number")]
    public async Task A_number_outside_the_range_of_its_type_refuses_the_upgrade(string query, string problem)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, _lab.Http("/numbers" + query));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var detail = body.RootElement.GetProperty("errors")[0];
        Assert.Equal(problem, $"{detail.GetProperty("path")}: {detail.GetProperty("message")}");
    }

    [Fact]
    public async Task An_escaped_slash_arrives_even_if_the_raw_request_target_is_unavailable()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddPikku(Wire);
        await using var app = builder.Build();
        app.MapPikku();
        await app.StartAsync();

        using var socket = await app.GetTestServer().CreateWebSocketClient().ConnectAsync(new Uri("ws://localhost/rooms/a%2Fb"), default);
        var buffer = new byte[100];
        var result = await socket.ReceiveAsync(buffer, default);

        Assert.Equal("a/b", Encoding.UTF8.GetString(buffer, 0, result.Count));
    }

    private static void Wire(PikkuBuilder pikku) => pikku
        .WireChannel("rooms", channel => channel.AllowAnonymous().Route<Room>("/rooms/{id}").OnConnect((Room room) => room.Id))
        .WireChannel("pairs", channel => channel.AllowAnonymous().Route<Pair>("/pairs/{one}-{other}").OnConnect((Pair pair) => $"{pair.One}|{pair.Other}"))
        .WireChannel("files", channel => channel.AllowAnonymous().Route<FileOf>("/files/{**path}").OnConnect((FileOf file) => file.Path ?? "none"))
        .WireChannel("numbers", channel => channel.AllowAnonymous().Route<Numbers>("/numbers").OnConnect((Numbers numbers) => numbers.Value))
        .WireChannel("text", channel => channel.AllowAnonymous().Route<Dictionary<string, string>>("/text").OnConnect((Dictionary<string, string> all) => all))
        .WireChannel("rest", channel => channel.AllowAnonymous().Route<Rest>("/rest").OnConnect((Rest rest) => rest))
        .WireChannel("any", channel => channel.AllowAnonymous().Route<JsonElement>("/any").OnConnect((JsonElement any) => any));

    public sealed record Room(string Id);

    public sealed record Pair(string One, string Other);

    public sealed record FileOf(string? Path = null);

    public sealed record Numbers(double Value = 0, List<float>? List = null);

    public sealed record Rest
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Others { get; init; }
    }
}
