using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// The origins that may connect. Behind a proxy that terminates TLS, the own origin is known only if forwarded headers are enabled, as everywhere
/// in ASP.NET Core.
/// </summary>
public sealed class OriginSpec(SharedLabs labs) : IClassFixture<SharedLabs>
{
    [Theory]
    [InlineData("", "Origin: http://127.0.0.1:{port}", 101)]
    [InlineData("", "Origin: http://127.0.0.1", 403)]
    [InlineData("", "Origin: https://127.0.0.1:{port}", 403)]
    [InlineData("", "Origin: http://127.0.0.1:{port}.evil.example", 403)]
    [InlineData("", "Origin: https://evil.example", 403)]
    [InlineData("", "Origin: null", 403)]
    [InlineData("", "Origin: http://127.0.0.1:{port}, https://evil.example", 403)]
    [InlineData("", "Origin: nonsense", 403)]
    [InlineData("", "Origin", 101)]
    [InlineData("\"https://app.example.com\"", "Origin: https://app.example.com", 101)]
    [InlineData("\"https://app.example.com\"", "Origin: HTTPS://APP.example.com", 101)]
    [InlineData("\"https://app.example.com\"", "Origin: https://app.example.com:8443", 403)]
    [InlineData("\"https://app.example.com\"", "Origin: https://app.example.com.evil.example", 403)]
    [InlineData("\"https://app.example.com\"", "Origin: http://127.0.0.1:{port}", 101)]
    [InlineData("\"*\"", "Origin: https://anybody.example", 101)]
    [InlineData("\"*\"", "Origin: null", 101)]
    [InlineData("\"https://app.example.com\"", "Origin: https://app.example.com:443", 101)]
    [InlineData("\"https://*.example.com\"", "Origin: https://app.example.com", 101)]
    [InlineData("\"https://*.example.com\"", "Origin: https://a.b.example.com", 101)]
    [InlineData("\"https://*.EXAMPLE.com\"", "Origin: HTTPS://APP.Example.COM", 101)]
    [InlineData("\"https://*.example.com\"", "Origin: https://app.example.com:443", 101)]
    [InlineData("\"https://*.example.com:8443\"", "Origin: https://app.example.com:8443", 101)]
    [InlineData("\"https://*.bücher.example\"", "Origin: https://app.xn--bcher-kva.example", 101)]
    [InlineData("\"http://*.localhost\"", "Origin: http://app.localhost", 101)]
    [InlineData("\"https://*.example.com\"", "Origin: https://example.com", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://evil-example.com", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://example.com.evil", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://app.example.com.evil.example", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: http://app.example.com", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://app.example.com:8443", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://.example.com", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://evil.example/.example.com", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://evil.example\\.example.com", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://evil.example#.example.com", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://app.example.com@evil.example", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://evil.example%2f.example.com", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: https://app.example.com, https://evil.example", 403)]
    [InlineData("\"https://*.example.com\"", "Origin: null", 403)]
    [Trait("Rule", "E6")]
    public async Task Accepts_pages_of_its_own_origin_and_of_listed_origins_and_clients_that_are_not_browsers(string listed, string origin, int status)
    {
        var lab = await labs.GetAsync($"pikku.upgrade.origins = [{listed}]");
        var header = origin.Replace("{port}", $"{lab.Port}", StringComparison.Ordinal);

        var response = await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab", $"Host: 127.0.0.1:{lab.Port}", header));

        Assert.Equal(status, response.Status);
        if (status == 403)
            Assert.Equal("Forbidden", response.Problem.GetProperty("title").GetString());
        await lab.Holds(0);
    }

    [Theory]
    [InlineData("https://*")]
    [InlineData("https://*.com")]
    [InlineData("https://*.10.0.0.1")]
    [InlineData("https://*example.com")]
    [InlineData("https://app.*.com")]
    [InlineData("https://app.*")]
    [InlineData("https://*.*.example.com")]
    [InlineData("https://*.example.com:*")]
    [InlineData("https://*.example.com/")]
    [InlineData("*.example.com")]
    [InlineData("*://example.com")]
    [InlineData("example.com")]
    [InlineData("null")]
    public void Other_patterns_are_refused_and_the_forms_that_there_are_named(string origin)
    {
        var problem = Settings.Read.Problem($"pikku.upgrade.origins = [\"{origin}\"]");

        Assert.Contains($"= {origin} is not a legal item", problem, StringComparison.Ordinal);
        Assert.Contains("\"https://*.example.com\" for all subdomains of example.com", problem, StringComparison.Ordinal);
    }
}
