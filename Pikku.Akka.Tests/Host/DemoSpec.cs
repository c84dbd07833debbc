using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Host;
using Xunit;

namespace Pikku.Akka.Tests.Host;

public sealed class DemoSpec
{
    [Fact]
    public async Task An_unknown_user_gets_no_token()
    {
        await using var node = await HostNode.Start();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskForToken(node, "eve"));
        Assert.Equal(HttpStatusCode.OK, await AskForToken(node, "alice"));
    }

    [Fact]
    public async Task In_production_the_demo_is_off_by_default()
    {
        await using var node = await HostNode.Start(environment: "Production");

        Assert.Equal(HttpStatusCode.NotFound, await AskForToken(node, "alice"));
    }

    [Fact]
    public async Task In_production_the_demo_can_be_enabled()
    {
        await using var node = await HostNode.Start(environment: "Production", args: "--Demo:Enabled=true");

        Assert.Equal(HttpStatusCode.OK, await AskForToken(node, "alice"));
    }

    [Fact]
    public async Task The_lifetime_of_tokens_can_be_set()
    {
        await using var node = await HostNode.Start(args: "--Demo:TokenLife=00:00:30");

        using var response = await node.Client.PostAsJsonAsync("/demo/token", new { user = "alice" });

        Assert.Equal(30, (int)(await response.Content.ReadFromJsonAsync<JsonNode>())!["expiresIn"]!);
    }

    [Theory]
    [InlineData("00:00:09")]
    [InlineData("1.00:00:01")]
    public void A_lifetime_that_is_out_of_range_stops_the_start_with_the_range(string life)
    {
        var problem = Assert.Throws<InvalidOperationException>(() => HostApp.Create([$"--Demo:TokenLife={life}"]));

        Assert.Contains($"Demo:TokenLife is {life}, but must be between 00:00:10 and 1.00:00:00", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_too_short_stops_the_start_with_the_required_length()
    {
        var problem = Assert.Throws<InvalidOperationException>(() => HostApp.Create(["--Jwt:Key=secret"]));

        Assert.Contains("Jwt:Key has 6 bytes, but at least 32", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> AskForToken(HostNode node, string user)
    {
        using var response = await node.Client.PostAsJsonAsync("/demo/token", new { user });
        return response.StatusCode;
    }
}
