using System.Text;
using System.Text.RegularExpressions;
using Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Playwright;
using Pikku.Akka.Tests.Host;
using Xunit;

namespace Pikku.Akka.Tests.Clients;

/// <summary>The client in a browser, on a page of another origin than the node.</summary>
public sealed partial class BrowserClientSpec(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    // The compiled client of the Host's page with other channels; the runtime is the same.
    private const string Channels =
        """
        const channels = {
          'events': { path: '/events', keys: ['action'], subscriptions: [] },
          'lab': { path: '/lab', keys: ['action', 'command'], subscriptions: [] },
          'rpc': { path: '/rpc', keys: ['action'], subscriptions: [] },
          'secure': { path: '/secure', keys: ['action'], subscriptions: [] },
        };
        """;

    // The page comes from a server, because a page without an origin may not connect to this machine.
    private readonly WebApplication _pages = CreatePages();

    private string Origin => _pages.Urls.Single();

    public Task InitializeAsync() => _pages.StartAsync();

    public async Task DisposeAsync()
    {
        await _pages.StopAsync();
        await _pages.DisposeAsync();
    }

    [SkippableFact]
    [Trait("Rule", "M1")]
    public async Task Calls_return_results_and_errors_as_typed()
    {
        await using var browser = await chromium.OpenAsync();
        await using var node = await StartNode();
        var page = await Open(browser, node);

        Assert.Equal(42, await page.EvaluateAsync<int>("client.getRoute('lab').send('num')"));
        Assert.Equal("x", await page.EvaluateAsync<string>("client.getRoute('lab').via('command').send('run', 'x').then(({ ran }) => ran)"));
        Assert.Equal(
            "UnprocessableContentError 422 n: must be a number",
            await page.EvaluateAsync<string>(
                """
                client.getRoute('lab').send('numIn', { n: 'x' })
                  .catch(({ name, status, details: [{ path, message }] }) => `${name} ${status} ${path}: ${message}`)
                """));
    }

    [SkippableFact]
    [Trait("Rule", "M1")]
    public async Task The_node_calls_functions_that_the_page_exposes()
    {
        await using var browser = await chromium.OpenAsync();
        await using var node = await StartNode();
        var page = await Open(browser, node);

        Assert.True(await page.EvaluateAsync<bool>(
            """
            (() => {
              const rpc = client.getRoute('rpc');
              rpc.expose('confirm', async ({ text }, { pending }) => {
                pending('asking the user');
                return { yes: text === 'Sure?' };
              });
              return rpc.send('confirm', { text: 'Sure?' }).then(({ yes }) => yes);
            })()
            """));
    }

    [SkippableFact]
    [Trait("Rule", "M1")]
    public async Task A_lost_connection_is_restored_and_prepared_again()
    {
        await using var browser = await chromium.OpenAsync();
        var node = await StartNode();
        var port = new Uri(node.Urls.Single()).Port;
        var page = await Open(browser, node, "{ reconnect: { minDelay: 50, maxDelay: 200 }, onOpen: route => route.send('subscribe', { topic: 't' }) }");
        await page.EvaluateAsync(
            """
            (() => {
              window.seen = [];
              window.events = client.getRoute('events');
              events.onStatus(({ status, missed }) => status === 'open' && seen.push(missed ? 'back' : 'open'));
              events.subscribe('t', data => seen.push(data));
              return events.send('publish', { topic: 't', data: 'first' });
            })()
            """);

        await node.DisposeAsync();
        await page.WaitForFunctionAsync("events.status !== 'open'");
        await using var next = await StartNode(port);
        // Sent while the connection may still be down.
        await page.EvaluateAsync("events.send('publish', { topic: 't', data: 'second' })");

        Assert.Equal(["open", "first", "back", "second"], await page.EvaluateAsync<string[]>("seen"));
    }

    [SkippableFact]
    [Trait("Rule", "M1")]
    public async Task A_token_is_sent_with_the_upgrade()
    {
        await using var browser = await chromium.OpenAsync();
        await using var node = await StartNode();
        var page = await Open(browser, node, $"{{ token: async () => '{TokenOf("alice")}' }}");

        Assert.Equal("alice", await page.EvaluateAsync<string>("client.getRoute('secure').send('me').then(({ session }) => session.userId)"));
    }

    // A token that TokenReader of the sample accepts.
    private static string TokenOf(string user) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Claims = new Dictionary<string, object> { ["sub"] = user },
        SigningCredentials = new SigningCredentials(
            new SymmetricSecurityKey(Encoding.UTF8.GetBytes("pikku-conformance-key-0123456789abcdef")), SecurityAlgorithms.HmacSha256),
    });

    private async Task<WebApplication> StartNode(int port = 0)
    {
        var node = ConformanceApp.Create(
        [
            "--urls", $"http://127.0.0.1:{port}", "--Logging:LogLevel:Default", "None",
            $"--pikku:upgrade:origins:0={Origin}", "--pikku:shutdown:reconnect-spread=100ms",
        ]);
        await node.StartAsync();
        return node;
    }

    private async Task<IPage> Open(Browser browser, WebApplication node, string options = "{}")
    {
        var page = await browser.NewPage();
        await page.GotoAsync($"{Origin}/");
        await page.EvaluateAsync(
            $"import('./client.js').then(({{ PikkuWebSocket }}) => void (window.client = new PikkuWebSocket('{node.Urls.Single()}', {options})))");
        return page;
    }

    private static WebApplication CreatePages()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var compiled = File.ReadAllText(Repository.PathOf("Pikku.Akka.Host", "wwwroot", "client.js"));
        var client = CompiledChannels().Replace(compiled, Channels, 1);
        app.MapGet("/", () => Results.Content("<!doctype html>", "text/html"));
        app.MapGet("/client.js", () => Results.Content(client, "text/javascript"));
        return app;
    }

    [GeneratedRegex(@"^const channels = \{$.*?^\};$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CompiledChannels();
}
