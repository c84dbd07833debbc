using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Hosting;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.Connections;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

public sealed class ClusterPageSpec
{
    [Fact]
    public async Task Programs_get_JSON()
    {
        var (status, body, type) = await GetAsync("application/json", IPAddress.Loopback);
        Assert.Equal((200, "application/json; charset=utf-8"), (status, type));
        Assert.Equal("Alone", JsonDocument.Parse(body).RootElement.GetProperty("nodes")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task Browsers_get_a_page()
    {
        var (status, body, type) = await GetAsync("text/html,application/xhtml+xml", IPAddress.IPv6Loopback);
        Assert.Equal((200, "text/html; charset=utf-8"), (status, type));
        Assert.Contains("<td>this node</td><td>Alone</td>", body, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_machines_get_nothing_unless_they_may()
    {
        Assert.Equal((403, "text/plain; charset=utf-8"), await GetAsync("*/*", IPAddress.Parse("10.0.0.1")) is var (status, _, type) ? (status, type) : default);
        Assert.Equal(200, (await GetAsync("*/*", IPAddress.Parse("10.0.0.1"), isOpen: true)).Status);
    }

    private static async Task<(int Status, string Body, string? Type)> GetAsync(string accept, IPAddress from, bool isOpen = false)
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("ping", () => 1));
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = from }, RequestServices = node.Services };
        context.Request.Headers.Accept = accept;
        context.Request.Host = new HostString("localhost", 5080);
        using var body = new MemoryStream();
        context.Response.Body = body;
        if (isOpen)
            context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new Microsoft.AspNetCore.Authorization.AuthorizeAttribute()), "cluster"));

        await ClusterPage.WriteAsync(context, node.Services.GetRequiredService<ClusterView>());

        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()), context.Response.ContentType);
    }
}
