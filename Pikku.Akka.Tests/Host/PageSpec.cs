using System.Net;
using Xunit;

namespace Pikku.Akka.Tests.Host;

public sealed class PageSpec
{
    [Fact]
    public async Task A_plain_request_gets_the_page_although_a_channel_has_the_same_address()
    {
        await using var node = await HostNode.Start();

        using var response = await node.Client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<h1>Pikku.Akka</h1>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "S2")]
    public async Task A_request_with_a_token_learns_from_the_channel_at_the_address_of_the_page_why_the_token_is_refused()
    {
        await using var node = await HostNode.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/", UriKind.Relative)) { Headers = { Authorization = new("Bearer", "forged") } };

        using var response = await node.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_browser_that_signs_in_at_a_proxy_gets_the_page()
    {
        await using var node = await HostNode.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/", UriKind.Relative)) { Headers = { Authorization = new("Basic", "YTpi") } };

        using var response = await node.Client.SendAsync(request);

        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_content_security_policy_allows_only_the_files_of_the_page()
    {
        await using var node = await HostNode.Start();

        using var response = await node.Client.GetAsync(new Uri("/", UriKind.Relative));

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task A_started_node_is_live_and_ready(string path)
    {
        await using var node = await HostNode.Start();

        using var response = await node.Client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
