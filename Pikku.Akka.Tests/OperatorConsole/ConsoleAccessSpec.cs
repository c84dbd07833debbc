using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Hosting;
using Pikku.Akka.OperatorConsole;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>Who may open the console.</summary>
public sealed class ConsoleAccessSpec
{
    private static readonly string[] s_paths = ["/pikku/", "/pikku/app.js", "/pikku/live"];

    [Fact]
    public async Task It_is_not_served_outside_of_Development_without_a_policy_and_the_log_says_what_to_write()
    {
        await using var lab = await ConsoleLab.StartAsync(environment: "Production");
        foreach (var path in s_paths)
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(lab, path, "operator"));
        await Assert.ThrowsAsync<WebSocketException>(() => ConsoleClient.ConnectAsync(lab, "operator"));
        var warning = Assert.Single(lab.Logs.Entries, entry => entry.Category == "Pikku.Akka.Console");
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("""MapPikkuConsole("/pikku", policy: "operators")""", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_decides_about_the_page_its_files_and_its_channel()
    {
        await using var lab = await ConsoleLab.StartAsync(environment: "Production", policy: "operators");
        foreach (var path in s_paths)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(lab, path, null));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(lab, path, "ann"));
        }

        await Assert.ThrowsAsync<WebSocketException>(() => ConsoleClient.ConnectAsync(lab));
        await Assert.ThrowsAsync<WebSocketException>(() => ConsoleClient.ConnectAsync(lab, "ann"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(lab, "/pikku/", "operator"));
        using var console = await ConsoleClient.ConnectAsync(lab, "operator");
        Assert.Equal(JsonValueKind.Array, (await console.AskAsync("facts")).GetProperty("topics").ValueKind);
    }

    [Fact]
    public async Task A_policy_that_is_not_registered_is_refused_at_the_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ConsoleLab.StartAsync(policy: "nobody"));
        Assert.Contains("""AddPolicy("nobody", …)""", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host", "example.com")]
    [InlineData("X-Forwarded-For", "10.1.2.3")]
    public async Task In_Development_it_answers_this_machine_alone(string header, string value)
    {
        await using var lab = await ConsoleLab.StartAsync();
        foreach (var path in s_paths)
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(lab, path, "operator", (header, value)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(lab, "/pikku/", null));
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Pages_of_other_origins_can_not_connect_even_if_the_application_lets_them(string origin)
    {
        await using var lab = await ConsoleLab.StartAsync("pikku.upgrade.origins = [\"*\"]");
        await Assert.ThrowsAsync<WebSocketException>(() => TextClient.Connect(lab.Ws("/pikku/live"), options => options.SetRequestHeader("Origin", origin)));
        using var application = await TextClient.Connect(lab.Ws(), options => options.SetRequestHeader("Origin", origin));
        using var own = await TextClient.Connect(lab.Ws("/pikku/live"), options => options.SetRequestHeader("Origin", $"http://127.0.0.1:{lab.Port}"));
    }

    [Fact]
    public async Task The_page_works_under_a_policy_without_inline_code_and_without_other_hosts()
    {
        await using var lab = await ConsoleLab.StartAsync();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var redirect = await http.GetAsync(lab.Http("/pikku"));
        Assert.Equal("pikku/", redirect.Headers.Location?.OriginalString);
        using var page = await http.GetAsync(lab.Http("/pikku/"));
        Assert.Contains("require-trusted-types-for 'script'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
        using var again = new HttpRequestMessage(HttpMethod.Get, lab.Http("/pikku/"));
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await http.SendAsync(again)).StatusCode);

        Assert.Contains("client.js", ConsolePage.Files);
        foreach (var file in ConsolePage.Files)
        {
            var text = await http.GetStringAsync(lab.Http($"/pikku/{file}"));
            if (file.EndsWith(".html", StringComparison.Ordinal))
                Assert.DoesNotMatch(@"<style|\sstyle=|\son[a-z]+=|<script(?! type=""module"" src="")", text);
            if (file != "client.js") // whose comments name hosts as examples
                Assert.DoesNotMatch(@"https?://(?!www\.w3\.org/2000/svg)|innerHTML|insertAdjacentHTML|document\.write", text);
        }

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(lab, "/pikku/..%2fPikku.Akka.Console.dll", null));
        Assert.Equal(HttpStatusCode.UpgradeRequired, await StatusAsync(lab, "/pikku/live", null)); // not that of a file that does not exist
    }

    [Fact]
    public async Task It_keeps_a_content_security_policy_of_the_application()
    {
        await using var lab = await ConsoleLab.StartAsync(app: app => app.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'";
            return next(context);
        }));
        using var http = new HttpClient();
        using var page = await http.GetAsync(lab.Http("/pikku/"));
        Assert.Equal("default-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task Its_channel_is_not_part_of_the_contract_and_nothing_of_the_application_applies_to_it()
    {
        await using var lab = await ConsoleLab.StartAsync(pikku: pikku => pikku
            .UseSession<OddSession>(_ => throw new InvalidOperationException("This principal is not a user."))
            .ConfigureJson(json => json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper)
            .RequirePermission((OddSession? session) => session is not null));
        using var console = await ConsoleClient.ConnectAsync(lab, "operator");
        await foreach (var update in console.StreamAsync("watch"))
        {
            Assert.Equal(JsonValueKind.Array, update.GetProperty("nodes").ValueKind);
            break;
        }

        Assert.DoesNotContain(lab.Services.GetRequiredService<PikkuPlan>().Channels, channel => channel.Name == ConsoleChannel.Name);
    }

    [Fact]
    public async Task Mapping_it_after_the_node_was_created_is_refused()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ConsoleLab.StartAsync(
            app: app => _ = app.Services.GetRequiredService<IReadOnlyList<Pikku.Akka.Channels.ChannelEndpoint>>()));
        Assert.Contains("mapped too late", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(Lab lab, string path, string? user, (string Name, string Value)? header = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, lab.Http(path));
        if (user is not null)
            request.Headers.Add("X-Name", user);
        if (header is { Name: "Host" } host)
            request.Headers.Host = host.Value;
        else if (header is { } other)
            request.Headers.Add(other.Name, other.Value);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private sealed record OddSession(string UserId) : IPikkuSession;
}
