using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Tests.Host;
using Xunit;

namespace Pikku.Akka.Tests.Deploy;

/// <summary>The HTTP API of the Host, its OpenAPI document and the pages of Scalar.</summary>
public sealed class ApiDocumentSpec(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly string[] Endpoints =
    [
        "GET /api/pikku/history", "GET /api/pikku/presence", "GET /api/pikku/users/{userId}/connections",
        "POST /api/pikku/publish", "POST /api/pikku/publish/batch", "POST /api/pikku/users/{userId}/disconnect", "POST /api/pikku/users/{userId}/refresh",
        "POST /api/pikku/users/{userId}/revoke", "POST /api/pikku/users/{userId}/unsubscribe",
    ];

    [Fact]
    public async Task The_document_has_every_endpoint_with_its_content_its_errors_and_its_token()
    {
        await using var node = await HostNode.Start();
        var document = (await node.Client.GetFromJsonAsync<JsonNode>("/openapi/v1.json"))!;

        var operations = document["paths"]!.AsObject().Where(path => path.Key.StartsWith("/api/pikku/", StringComparison.Ordinal))
            .SelectMany(path => path.Value!.AsObject().Select(operation => ($"{operation.Key.ToUpperInvariant()} {path.Key}", Operation: operation.Value!))).ToArray();
        Assert.Superset(Endpoints.ToHashSet(), operations.Select(operation => operation.Item1).ToHashSet());
        Assert.All(operations, operation =>
        {
            Assert.NotNull(operation.Operation["security"]![0]!["Bearer"]);
            Assert.NotNull(operation.Operation["summary"]);
            var responses = operation.Operation["responses"]!.AsObject();
            Assert.Contains("401", responses);
            Assert.Contains("403", responses);
        });
        Assert.All(operations.Where(operation => operation.Operation["requestBody"] is not null), operation => Assert.Equal(
            "#/components/schemas/ProblemDetails", (string?)operation.Operation["responses"]!["422"]!["content"]!["application/problem+json"]!["schema"]!["$ref"]));
        var publish = document["paths"]!["/api/pikku/publish"]!["post"]!;
        Assert.Equal("#/components/schemas/PublishRequest", (string?)publish["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal(
            ["data", "exceptChannelId", "replicated", "topic"],
            document["components"]!["schemas"]!["PublishRequest"]!["properties"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal));
        Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]!["Bearer"]!["scheme"]);
    }

    [Theory]
    [InlineData("Development", HttpStatusCode.OK)]
    [InlineData("Staging", HttpStatusCode.NotFound)]
    [InlineData("Production", HttpStatusCode.NotFound)]
    public async Task Document_and_pages_are_served_in_Development_only(string environment, HttpStatusCode expected)
    {
        await using var node = await HostNode.Start(environment: environment);
        foreach (var path in (string[])["/openapi/v1.json", "/scalar/", "/scalar/scalar.js"])
            Assert.Equal((path, expected), (path, (await node.Client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode));
    }

    [Fact]
    public async Task Only_an_operator_may_call_the_API()
    {
        await using var node = await HostNode.Start();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(node, null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(node, await node.TokenOf("alice")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(node, await node.TokenOf("operator")));
    }

    [SkippableFact]
    public async Task The_pages_run_under_the_policy_of_the_Host_and_load_nothing_from_elsewhere()
    {
        await using var browser = await chromium.OpenAsync();
        await using var node = await HostNode.Start();
        var page = await browser.NewPage();
        var (problems, foreign) = (new List<string>(), new List<string>());
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                problems.Add(message.Text);
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(node.Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
                foreign.Add(request.Url);
        };

        await page.GotoAsync(new Uri(node.Address, "/scalar/").ToString());
        await page.GetByText("Publishes an event to a topic that a channel declares.").First.WaitForAsync(new() { Timeout = Browser.Patience });

        Assert.Empty(foreign);
        Assert.Empty(problems);
        if (Environment.GetEnvironmentVariable("PIKKU_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "scalar.png") });
    }

    private static async Task<HttpStatusCode> StatusAsync(HostNode node, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/pikku/users/alice/connections");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await node.Client.SendAsync(request);
        return response.StatusCode;
    }
}
