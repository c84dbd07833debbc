using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Requests;
using Pikku.Akka.Tests.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

public sealed class RefusedOriginsSpec
{
    private readonly RecordingLog<PikkuLog> _log = new();
    private readonly ManualTime _clock = new();

    [Fact]
    public void The_log_says_what_was_compared_with_what_and_names_the_setting()
    {
        var origins = Create("\"https://app.example.com\", \"https://*.example.org\"");

        origins.Refuse(Request("https://app.example.net"));

        var line = Assert.Single(_log.Entries);
        Assert.Equal((90, LogLevel.Warning), (line.Id.Id, line.Level));
        Assert.Contains("had the origin https://app.example.net, which was compared with http://inner:8080,", line.Text, StringComparison.Ordinal);
        Assert.Contains("pikku.upgrade.origins = [https://app.example.com, https://*.example.org]", line.Text, StringComparison.Ordinal);
        Assert.Contains("UseForwardedHeaders", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_origin_is_logged_once_in_an_interval_with_the_number_of_refusals()
    {
        var origins = Create("");
        for (var i = 0; i < 5; i++)
        {
            origins.Refuse(Request("https://a.example"));
            origins.Refuse(Request("https://b.example"));
        }

        Assert.Equal(2, _log.Entries.Count);
        _clock.Advance(TimeSpan.FromSeconds(11));
        origins.Refuse(Request("https://a.example"));

        Assert.Equal(3, _log.Entries.Count);
        Assert.StartsWith("5 requests of pages were refused", _log.Entries.Last().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_sends_many_origins_fills_neither_the_log_nor_the_memory()
    {
        var origins = Create("");

        for (var i = 0; i < 10_000; i++)
            origins.Refuse(Request($"https://{i}.example"));

        Assert.InRange(_log.Entries.Count, 1, 40);
    }

    [Fact]
    public void An_origin_can_not_forge_a_line_and_is_shortened()
    {
        var origins = Create("");

        origins.Refuse(Request($"https://a.example\r\nfail: forged \u001b[31m{new string('x', 1000)}"));

        var text = Assert.Single(_log.Entries).Text;
        Assert.Contains("https://a.example??fail:?forged??[31mxxx", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, char.IsControl);
        Assert.DoesNotContain(new string('x', 200), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_logs_the_origins_that_it_refuses()
    {
        await using var lab = await Lab.Start();

        var response = await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab", $"Host: 127.0.0.1:{lab.Port}", "Origin: https://evil.example"));

        Assert.Equal(403, response.Status);
        var entry = Assert.Single(lab.Logs.Entries, entry => entry.Text.Contains("https://evil.example", StringComparison.Ordinal) && entry.Level == LogLevel.Warning);
        Assert.Contains($"compared with http://127.0.0.1:{lab.Port}", entry.Text, StringComparison.Ordinal);
    }

    private static HttpRequest Request(string origin)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("inner", 8080);
        context.Request.Headers.Origin = origin;
        return context.Request;
    }

    private RefusedOrigins Create(string allowed) => new(Read.Hocon($"pikku.upgrade.origins = [{allowed}]").Upgrade, new PikkuLog(_log), _clock);
}
