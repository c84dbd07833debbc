using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>Pages for the machine itself, on a server that only the machine itself can reach.</summary>
public sealed class LocalRequestsSpec
{
    private static readonly string[] Pages = ["/cluster", "/asyncapi.json"];

    [Theory]
    [InlineData("Host: 127.0.0.1:{port}", "", 200)]
    [InlineData("Host: localhost:{port}", "", 200)]
    [InlineData("Host: LOCALHOST.", "", 200)]
    [InlineData("Host: localhost", "", 200)]
    [InlineData("Host: [::1]:{port}", "", 200)]
    [InlineData("Host: 127.1.2.3", "", 200)]
    [InlineData("Host: evil.example:{port}", "", 403)]
    [InlineData("Host: localhost.evil.example", "", 403)]
    [InlineData("Host: 127.0.0.1.evil.example", "", 403)]
    [InlineData("Host: 10.0.0.1", "", 403)]
    [InlineData("Host: 0.0.0.0:{port}", "", 403)]
    [InlineData("Host: localhost", "X-Forwarded-For: 127.0.0.1", 403)]
    [InlineData("Host: localhost", "X-Forwarded-Host: localhost", 403)]
    [InlineData("Host: localhost", "Forwarded: for=127.0.0.1", 403)]
    [InlineData("Host: localhost", "X-Real-IP: 203.0.113.5", 403)]
    public async Task Answer_requests_of_this_machine_under_its_own_names_alone(string host, string header, int status)
    {
        await using var lab = await Start();

        foreach (var page in Pages)
            Assert.Equal(status, (await Get(lab, page, host, header)).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 203.0.113.5", 403)]
    [InlineData("X-Forwarded-For: 127.0.0.1", 200)]
    public async Task Believe_forwarded_headers_that_the_application_has_put_right(string header, int status)
    {
        await using var lab = await Start(b => b.Services.Configure<ForwardedHeadersOptions>(o => o.ForwardedHeaders = ForwardedHeaders.All), a => a.UseForwardedHeaders());

        foreach (var page in Pages)
            Assert.Equal(status, (await Get(lab, page, "Host: localhost", header)).Status);
    }

    [Fact]
    public async Task Say_why_they_refuse()
    {
        await using var lab = await Start();

        Assert.Contains("localhost", (await Get(lab, "/cluster", "Host: evil.example", "")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "", true)]
    [InlineData("*", "", true)]
    [InlineData("chat.example.com;*", "", true)]
    [InlineData("chat.example.com", "", false)]
    [InlineData("*", "pikku.upgrade.origins = [\"*\"]", false)]
    public async Task A_server_that_answers_to_every_name_is_told_of_AllowedHosts_at_the_start(string? allowed, string hocon, bool told)
    {
        await using var lab = await Start(b => b.Configuration["AllowedHosts"] = allowed, hocon: hocon);

        Assert.Equal(told, lab.Logs.Entries.Any(e => e.Level == LogLevel.Warning && e.Text.Contains("AllowedHosts", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_page_whose_name_is_pointed_here_stays_out_with_AllowedHosts()
    {
        await using var lab = await Start(b => b.Configuration["AllowedHosts"] = "chat.example.com;127.0.0.1");

        var rebound = await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab", "Host: evil.example", "Origin: http://evil.example"));
        var own = await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab", "Host: chat.example.com", "Origin: http://chat.example.com"));

        Assert.Equal((400, 101), (rebound.Status, own.Status));
    }

    private static async Task<RawResponse> Get(Lab lab, string page, string host, string header)
    {
        await using var client = await RawClient.Connect(lab.Port);
        string[] headers = ["Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key", host.Replace("{port}", $"{lab.Port}", StringComparison.Ordinal)];
        await client.Send(RawClient.Request($"GET {page} HTTP/1.1", header.Length == 0 ? headers : [.. headers, header]));
        return await client.ReadResponse();
    }

    private static Task<Lab> Start(Action<WebApplicationBuilder>? builder = null, Action<WebApplication>? app = null, string hocon = "") => Lab.Start(new LabOptions
    {
        Hocon = hocon,
        Builder = builder ?? (_ => { }),
        App = a =>
        {
            app?.Invoke(a);
            a.MapPikkuCluster();
            a.MapPikkuAsyncApi();
        },
    });
}
