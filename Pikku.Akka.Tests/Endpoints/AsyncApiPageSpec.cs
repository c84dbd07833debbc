using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Endpoints;
using Pikku.Akka.Tests.Connections;
using Xunit;

namespace Pikku.Akka.Tests.Endpoints;

public sealed class AsyncApiPageSpec
{
    [Fact]
    public async Task Whoever_asks_gets_the_document_with_the_address_that_was_asked()
    {
        var (status, body, tag) = await GetAsync(IPAddress.Loopback);
        Assert.Equal(200, status);
        Assert.NotEmpty(tag);
        Assert.Equal("localhost:81", JsonNode.Parse(body)!["servers"]!["default"]!["host"]!.GetValue<string>());
    }

    [Fact]
    public async Task Who_has_it_already_is_told_so()
    {
        var (_, _, tag) = await GetAsync(IPAddress.Loopback);
        Assert.Equal((304, ""), await GetAsync(IPAddress.Loopback, known: tag) is var (status, body, _) ? (status, body) : default);
    }

    [Fact]
    public async Task Other_machines_get_nothing_unless_they_may()
    {
        Assert.Equal((403, ""), await GetAsync(IPAddress.Parse("10.0.0.1")) is var (status, _, tag) ? (status, tag) : default);
        Assert.Equal(200, (await GetAsync(IPAddress.Parse("10.0.0.1"), isOpen: true)).Status);
    }

    private static async Task<(int Status, string Body, string Tag)> GetAsync(IPAddress from, bool isOpen = false, string? known = null)
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("ping", () => 1));
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = from }, RequestServices = node.Services };
        context.Request.Host = new HostString("localhost", 81);
        if (known is not null)
            context.Request.Headers.IfNoneMatch = known;
        using var body = new MemoryStream();
        context.Response.Body = body;
        if (isOpen)
            context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new Microsoft.AspNetCore.Authorization.AllowAnonymousAttribute()), "asyncapi"));

        await new AsyncApiPage(ContractSource.Of(node.Services)).WriteAsync(context);

        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()), context.Response.Headers.ETag.ToString());
    }
}
