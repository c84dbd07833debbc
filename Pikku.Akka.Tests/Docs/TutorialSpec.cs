using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pikku.Akka.Tests.Cluster;
using Pikku.Akka.Tests.Host;
using Pikku.Akka.Tests.Packages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The application of the tutorial does in each chapter what the chapter says.</summary>
[Collection(PackagesCollection.Name)]
public sealed class TutorialSpec(TutorialApplication kanban, Chromium chromium) : IClassFixture<TutorialApplication>, IClassFixture<Chromium>
{
    private const string Subscribe = """{"action":"pikku-subscribe","id":1,"data":{"topic":"board:1:cards"}}""";

    [Fact]
    public void Every_block_of_code_is_a_file_or_is_pasted_into_a_console()
    {
        var page = MarkdownPage.Open(TutorialPage.Path);

        var code = page.Blocks.Count(block => block.Language is "csharp" or "ts" or "html" or "json" or "xml");
        Assert.Equal(code, Regex.Count(File.ReadAllText(TutorialPage.Path).ReplaceLineEndings("\n"), @"^\*\*[\w./]+\*\*\n\n```", RegexOptions.Multiline));
        Assert.All(page.Blocks.Where(block => block.Language is not ("csharp" or "ts" or "html" or "json" or "xml")), block => Assert.Contains(block.Language, (string[])["", "js", "sh"]));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void The_application_compiles_after_each_chapter(int chapter) => TutorialCompiler.AssertCompiles(kanban.Program, TutorialPage.FilesAfter(chapter));

    [Fact]
    public async Task Chapter_1_answers_as_it_shows()
    {
        await using var server = await kanban.StartAsync(kanban.Early, "chapter1");
        await using var client = await server.ConnectAsync(null, protocol: null);

        var exchanges = TutorialPage.ExchangesOf(1).ToArray();
        Assert.Equal(3, exchanges.Length);
        foreach (var (sent, answer) in exchanges)
        {
            await client.SendAsync(sent);
            Assert.Matches($"^{Regex.Escape(answer).Replace("…", ".*", StringComparison.Ordinal)}$", await client.NextTextAsync());
        }
    }

    [Theory]
    [InlineData("info channels", "/boards/{boardId}")]
    [InlineData("check", "The wiring and the settings are valid")]
    public async Task The_commands_read_the_wiring(string command, string expected) =>
        Assert.Contains(expected, await kanban.RunAsync(TutorialPage.Says("dotnet run --project Kanban -- info channels").Replace("info channels", command, StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public async Task In_chapter_2_everybody_sees_a_card_move()
    {
        await using var server = await kanban.StartAsync(kanban.Early, "chapter2");
        await using var first = await server.ConnectAsync(null);
        await using var second = await server.ConnectAsync(null);
        await second.SendAsync("""{"action":"create","id":1,"data":{"title":"Write a tutorial"}}""");
        await second.NextJsonAsync();

        await first.SendAsync(TutorialPage.Says(Subscribe));
        var snapshot = (await first.NextJsonAsync()).GetProperty("data").GetProperty("snapshot").GetProperty("cards");
        await second.SendAsync(TutorialPage.Says("""{"action":"move","id":2,"data":{"id":1,"column":"Doing"}}"""));

        Assert.Equal("Todo", snapshot[0].GetProperty("column").GetString());
        Assert.Equal("Doing", (await first.NextJsonAsync()).GetProperty("data").GetProperty("column").GetString());
    }

    [Fact]
    public async Task In_chapters_3_to_5_members_see_each_other_and_the_administrator_removes_one()
    {
        await using var server = await kanban.StartAsync(kanban.Program, "chapter5");
        Assert.Equal(403, await server.UpgradeAsync("mallory"));
        await using var ann = await server.ConnectAsync("ann");
        await ann.SendAsync(TutorialPage.Says("""{"action":"create","id":1,"data":{"title":"Only for members"}}"""));
        Assert.Equal("Only for members", (await ann.NextJsonAsync()).GetProperty("data").GetProperty("title").GetString());

        await ann.SendAsync("""{"action":"pikku-subscribe","id":2,"data":{"topic":"board:1:viewers"}}""");
        Assert.Equal("""[{"userId":"ann"}]""", (await ann.NextJsonAsync()).GetProperty("data").GetProperty("snapshot").GetRawText());
        await using var bob = await server.ConnectAsync("bob");
        Assert.Equal("bob", (await ann.NextJsonAsync()).GetProperty("data").GetProperty("joined").GetProperty("userId").GetString());

        var kick = TutorialPage.Says("""{"action":"kick","id":3,"data":{"userId":"bob"}}""");
        await bob.SendAsync(kick);
        Assert.Equal("ForbiddenError", (await bob.NextJsonAsync()).GetProperty("error").GetProperty("name").GetString());
        await ann.SendAsync(kick);
        Assert.Equal(4403, (int?)await bob.ClosedAsync());
        Assert.Equal(403, await server.UpgradeAsync("bob"));
    }

    [SkippableFact, Trait("Pictures", "true")]
    public async Task In_chapters_6_and_7_two_browsers_share_a_board_and_miss_nothing()
    {
        await CompilePageAsync();
        await using var browser = await chromium.OpenAsync();
        await using var server = await kanban.StartAsync(kanban.Program, "chapter6");
        var ann = await OpenAsync(browser, server.Address, "ann");
        var bob = await OpenAsync(browser, server.Address, "bob");

        await AddAsync(ann, "Write a tutorial");
        await bob.GetByRole(AriaRole.Button, new() { Name = "→" }).ClickAsync();
        await SeesAsync(ann, 1, "Write a tutorial");
        await ShowsAsync(ann, "#viewers > span:nth-child(2)", "bob");

        await PaintAsync(ann);

        await bob.Context.SetOfflineAsync(true);
        await ShowsAsync(bob, "#status", "stale");
        await AddAsync(ann, "While bob is away");
        await bob.Context.SetOfflineAsync(false);
        await ShowsAsync(bob, "#status", "live");
        await SeesAsync(bob, 0, "While bob is away");

        await server.StopAsync();
        await ShowsAsync(bob, "#status", "stale");
        await using var next = await kanban.StartAsync(kanban.Program, "chapter6", server.Address.Port);
        await ShowsAsync(bob, "#status", "live");
        await AddAsync(ann, "After a restart");
        await SeesAsync(bob, 0, "After a restart");

        await ann.GetByRole(AriaRole.Button, new() { Name = "×" }).ClickAsync();
        await ShowsAsync(bob, "#status", "forbidden");
        await Expect(ann.Locator("#viewers > span")).ToHaveCountAsync(1, new() { Timeout = Browser.Patience });
    }

    [Fact]
    public async Task The_tests_of_chapter_8_pass()
    {
        var output = await Sdk.RunAsync(kanban.Folder, [.. TutorialPage.Says("dotnet test Kanban.Tests").Split(' ')[1..], "--no-build"]);

        Assert.Contains("Passed:     5", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_chapter_9_three_nodes_are_one_board()
    {
        var ports = NodeProcess.FreePorts(3);
        await using var first = await StartNodeAsync(ports, 0);
        var others = await Task.WhenAll(StartNodeAsync(ports, 1), StartNodeAsync(ports, 2));
        await using var second = others[0];
        await using var third = others[1];
        await using var ann = await first.ConnectAsync("ann");
        var bob = await second.ConnectAsync("bob");
        await bob.SendAsync(Subscribe);
        var position = (await bob.NextJsonAsync()).GetProperty("data").GetProperty("position").GetString();

        await ann.SendAsync("""{"action":"create","id":1,"data":{"title":"On another node"}}""");
        Assert.Equal("On another node", (await bob.NextJsonAsync()).GetProperty("data").GetProperty("title").GetString());
        await bob.DisposeAsync();
        await second.StopAsync();
        await ann.SendAsync("""{"action":"move","id":2,"data":{"id":1,"column":"Done"}}""");
        await ann.NextJsonAsync();

        await using var back = await third.ConnectAsync("bob");
        await back.SendAsync(Subscribe.Replace("cards\"", $"cards\",\"since\":\"{position}\"", StringComparison.Ordinal));
        Assert.Equal("complete", (await back.NextJsonAsync()).GetProperty("data").GetProperty("recovery").GetString());
        Assert.Equal("Todo", (await back.NextJsonAsync()).GetProperty("data").GetProperty("column").GetString());
        Assert.Equal("Done", (await back.NextJsonAsync()).GetProperty("data").GetProperty("column").GetString());
    }

    private Task<TutorialServer> StartNodeAsync(int[] ports, int node) => kanban.StartAsync(
        kanban.Program, "chapter9", 0,
        (Variable("PIKKU_CLUSTER_SEEDS"), $"127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}"),
        (Variable("PIKKU_CLUSTER_HOST"), "127.0.0.1"),
        (Variable("PIKKU_CLUSTER_PORT"), $"{ports[node]}"),
        (Variable("Jwt__Key"), TutorialPage.Says("a key that all nodes share, 32 bytes")));

    private static string Variable(string name) => TutorialPage.Says(name + "=")[..^1];

    private async Task CompilePageAsync()
    {
        var compiler = Repository.PathOf("Pikku.Akka.Tests", "Clients", "typescript", "node_modules", "typescript", "bin", "tsc");
        Skip.IfNot(File.Exists(compiler), "The TypeScript compiler is not installed. Run npm ci in Pikku.Akka.Tests/Clients/typescript.");
        await kanban.RunAsync(TutorialPage.Commands("dotnet").Single(command => command.Contains(" client typescript ", StringComparison.Ordinal)));
        using var process = Process.Start(new ProcessStartInfo("node", [compiler, .. TutorialPage.Says("tsc --project Kanban/Page").Split(' ')[1..]])
        {
            WorkingDirectory = kanban.Folder, RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
    }

    private static async Task<IPage> OpenAsync(Browser browser, Uri address, string user)
    {
        var page = await browser.NewPage();
        await page.GotoAsync(address.ToString());
        await page.Locator("#user").FillAsync(user);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await ShowsAsync(page, "#status", "live");
        return page;
    }

    private static async Task PaintAsync(IPage page)
    {
        foreach (var title in (string[])["Find a name", "Invite the team", "Ask Bob about the colors"])
            await AddAsync(page, title);
        await page.Locator("article", new() { HasText = "Find a name" }).GetByRole(AriaRole.Button, new() { Name = "→" }).ClickAsync();
        await SeesAsync(page, 1, "Find a name");
        await SeesAsync(page, 0, "Ask Bob about the colors");
        await Pictures.SaveAsync(page, "kanban.png", 1000, 560);
    }

    private static async Task AddAsync(IPage page, string title)
    {
        await page.Locator("#title").FillAsync(title);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
    }

    private static Task SeesAsync(IPage page, int column, string title) => ShowsAsync(page, $"section:nth-child({column + 1})", title);

    private static Task ShowsAsync(IPage page, string selector, string text) =>
        Expect(page.Locator(selector)).ToContainTextAsync(text, new() { Timeout = Browser.Patience });
}
