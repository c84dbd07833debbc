using System.Net;
using System.Net.Http.Json;
using Pikku.Akka;
using PikkuApp._1.Chat;
using Xunit;

namespace PikkuApp._1.Tests;

public sealed class TokenTests
{
    [Fact]
    public async Task A_development_token_signs_in_with_its_roles()
    {
        await using var host = await PikkuTestHost.StartAsync<Program>();
        await using var ann = await host.ConnectAsync("chat", new PikkuConnectOptions { Token = await GetTokenAsync(host) });

        var message = await ann.InvokeAsync<Message>("send", new { room = "staff", text = "Hello" });

        Assert.Equal("ann", message.UserId);
    }

    [Fact]
    public async Task Production_neither_issues_nor_accepts_development_tokens()
    {
        await using var development = await PikkuTestHost.StartAsync<Program>();
        await using var production = await PikkuTestHost.StartAsync<Program>(new PikkuTestOptions
        {
            Environment = "Production",
            Settings = new Dictionary<string, string>
            {
                ["Authentication:Schemes:Bearer:ValidAudience"] = "chat",
                ["Authentication:Schemes:Bearer:ValidIssuer"] = "https://login.example.com",
                ["Authentication:Schemes:Bearer:SigningKeys:0:Issuer"] = "https://login.example.com",
                ["Authentication:Schemes:Bearer:SigningKeys:0:Value"] = Convert.ToBase64String(new byte[32]),
            },
        });
        using var client = production.CreateClient();

        using var response = await client.PostAsJsonAsync("/development/token", new { user = "ann" });
        var refused = await Assert.ThrowsAsync<PikkuTestException>(async () =>
            await production.ConnectAsync("chat", new PikkuConnectOptions { Token = await GetTokenAsync(development) }));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(401, refused.Status);
    }

    private static async Task<string> GetTokenAsync(PikkuTestHost host)
    {
        using var client = host.CreateClient();
        using var response = await client.PostAsJsonAsync("/development/token", new { user = "ann", roles = new[] { "staff" } });
        return (await response.Content.ReadFromJsonAsync<Dictionary<string, string>>())!["token"];
    }
}
