using System.Collections.Concurrent;
using System.Net.WebSockets;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Pikku.Akka.Tests.Docs;
using Pikku.Akka.Tests.Host;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>The page of the console in a browser.</summary>
[Trait("Pictures", "true")]
public sealed class ConsolePageSpec(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Markup = "<img src=x onerror=alert(1)>";

    private readonly ConcurrentQueue<string> _problems = new();

    [SkippableFact]
    public async Task A_frozen_process_is_marked_and_the_page_goes_on_with_the_other_nodes()
    {
        await using var browser = await chromium.OpenAsync();
        await using var first = await HostNode.Start(args: ["--pikku:cluster:host=127.0.0.1", "--pikku:cluster:port=0"]);
        var seed = global::Akka.Cluster.Cluster.Get(first.Services.GetRequiredService<ActorSystem>()).SelfAddress;
        string[] join = ["--pikku:cluster:host=127.0.0.1", "--pikku:cluster:port=0", $"--pikku:cluster:seeds={seed.Host}:{seed.Port}"];
        await using var second = await HostNode.Start(args: join);
        await using var frozen = await HostProcess.StartAsync(join);
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(new[] { first.Address, second.Address }.Select(address => LoadAsync(address, stop.Token)));
        var page = await OpenAsync(browser, first.Address);
        var rows = page.Locator("#nodes tbody tr");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(page.Locator("#nodes .badge.good")).ToHaveCountAsync(3);

        frozen.Signal("STOP");
        try
        {
            await Expect(page.Locator("#nodes tr.stale")).ToHaveCountAsync(1);
            await Expect(page.Locator("#nodes tr.stale")).ToContainTextAsync("does not answer");
            await Expect(page.Locator("#nodes tr.stale")).ToContainTextAsync("ago");
            await Expect(page.Locator("#nodes-info")).ToHaveTextAsync("2 of 3 nodes answer");
            await Expect(page.Locator("#nodes .badge.good")).ToHaveCountAsync(2);
            await Pictures.SaveAsync(page, "console-cluster.png", 1440, 900);

            // The others are searched while one is frozen.
            await page.GetByRole(AriaRole.Link, new() { Name = "Connections" }).ClickAsync();
            await Expect(page.Locator("#connections tbody tr").First).ToBeVisibleAsync();
            await Expect(page.Locator("#connections .note")).ToContainTextAsync("did not answer");
            await Expect(page.Locator("#state")).ToHaveTextAsync("Live");
        }
        finally
        {
            frozen.Signal("CONT");
            await stop.CancelAsync();
            await load;
        }

        Assert.Empty(_problems);
    }

    [SkippableFact]
    public async Task Operators_drain_a_node_and_the_others_go_on()
    {
        await using var browser = await chromium.OpenAsync();
        await using var first = await ConsoleLab.JoinAsync(hocon: "pikku.console.refresh-interval = 100ms\n");
        await using var second = await ConsoleLab.JoinAsync(first);
        await using var third = await ConsoleLab.JoinAsync(first);
        using var here = await ConsoleLab.ConnectAsync(first, "ann");
        using var there = await ConsoleLab.ConnectAsync(second, "bob");
        using var elsewhere = await ConsoleLab.ConnectAsync(third, "cid");
        var page = await OpenAsync(browser, first.Http("/"));
        var rows = page.Locator("#nodes tbody tr");
        await Expect(page.Locator("#nodes .badge.good")).ToHaveCountAsync(3);
        var node = ConsoleLab.NameOf(second);
        var row = rows.Filter(new() { HasText = node });
        var drain = row.GetByRole(AriaRole.Button, new() { Name = $"Drain node {node}" });

        // The question names the node, and nothing happens without the answer.
        await drain.ClickAsync();
        var question = page.GetByRole(AriaRole.Dialog, new() { Name = $"Drain {node}?" });
        await Expect(question).ToContainTextAsync("accepts no others until it is restarted");
        await Expect(question).Not.ToContainTextAsync("It serves this console");
        await question.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(question).ToBeHiddenAsync();
        Assert.Contains("still here", await there.Ask("""{"action":"echo","text":"still here"}"""), StringComparison.Ordinal);

        await drain.ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "Drain the node" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = $"{node} drains its connections." })).ToBeVisibleAsync();
        Assert.NotNull(await there.AwaitClose());
        await Expect(row).ToContainTextAsync("draining");
        await Expect(drain).ToBeDisabledAsync();
        await Assert.ThrowsAsync<WebSocketException>(() => ConsoleLab.ConnectAsync(second, "bob"));

        // The others keep their connections, take new ones, and the page is live.
        await Expect(page.Locator("#nodes .badge.good")).ToHaveCountAsync(2);
        await Expect(page.Locator("#state")).ToHaveTextAsync("Live");
        foreach (var client in (TextClient[])[here, elsewhere])
            Assert.Contains("still here", await client.Ask("""{"action":"echo","text":"still here"}"""), StringComparison.Ordinal);
        using var back = await ConsoleLab.ConnectAsync(third, "bob");
        await page.GetByRole(AriaRole.Link, new() { Name = "Connections" }).ClickAsync();
        await Expect(page.Locator("#connections tbody tr", new() { HasText = "bob" })).ToContainTextAsync(ConsoleLab.NameOf(third));
        Assert.Empty(_problems);
    }

    [SkippableTheory]
    [InlineData(false, "You may not use this console any more")]
    [InlineData(true, "Your sign-in has ended")]
    public async Task A_console_whose_operator_loses_the_right_says_why_and_shows_nothing_any_more(bool signOut, string title)
    {
        var rights = new OperatorRights();
        await using var browser = await chromium.OpenAsync();
        await using var lab = await ConsoleLab.StartAsync("pikku.console { refresh-interval = 100ms, authorization-interval = 100ms }", "Production", "operators", rights: rights);
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        var page = await OpenAsync(browser, lab.Http("/"), "operator");
        await page.GetByRole(AriaRole.Link, new() { Name = "Connections" }).ClickAsync();
        await page.Locator("#connections tbody tr", new() { HasText = "ann" }).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#connection")).ToContainTextAsync("ann");

        rights.IsGranted = signOut;
        rights.IsSignedIn = !signOut;
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(title);
        await Expect(page.Locator("#state")).ToHaveTextAsync("Closed");
        await Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);
        await Expect(page.Locator("main")).ToHaveCountAsync(0);
        await Expect(page.Locator("body")).Not.ToContainTextAsync("ann");

        rights.IsGranted = rights.IsSignedIn = true;
        await page.GetByRole(AriaRole.Button, new() { Name = "Reload the page" }).ClickAsync();
        await Expect(page.Locator("#state")).ToHaveTextAsync("Live");
        Assert.Empty(_problems);
    }

    [SkippableFact]
    public async Task Texts_of_users_are_shown_as_texts()
    {
        await using var browser = await chromium.OpenAsync();
        await using var lab = await ConsoleLab.StartAsync("pikku.console { tail-payloads = on, refresh-interval = 100ms }");
        using var mallory = await ConsoleLab.ConnectAsync(lab, Uri.EscapeDataString(Markup));
        await ConsoleLab.SubscribeAsync(mallory, "notes"); // whose answer comes after onConnect
        await lab.Services.GetRequiredService<IEventHub>().SubscribeAsync(new Topic<ConsoleLab.Note>($"topic {Markup}"), lab.Ids.Last());
        var page = await OpenAsync(browser, lab.Http("/"));
        page.Dialog += (_, dialog) => _problems.Enqueue($"a script ran: {dialog.Message}");

        await page.GetByRole(AriaRole.Link, new() { Name = "Connections" }).ClickAsync();
        await Expect(page.Locator("#connections tbody")).ToContainTextAsync(Markup);
        await page.Locator("#connections tr", new() { HasText = Markup }).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#connection")).ToContainTextAsync($"topic {Markup}");
        await page.Keyboard.PressAsync("Escape");

        await page.GetByRole(AriaRole.Link, new() { Name = "Topics" }).ClickAsync();
        await Expect(page.Locator("#topics tbody")).ToContainTextAsync($"topic {Markup}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Follow notes" }).ClickAsync();
        await Expect(page.Locator("#tail [role=status]")).ToContainTextAsync("Following");
        await lab.Services.GetRequiredService<IEventHub>().PublishAsync(ConsoleLab.Notes, new ConsoleLab.Note(Markup));
        await Expect(page.Locator("#tail pre")).ToContainTextAsync(Markup);

        Assert.Equal(0, await page.Locator("main img, dialog img").CountAsync());
        Assert.Empty(_problems);
    }

    [SkippableFact]
    public async Task Operators_act_with_the_keyboard_and_see_the_result()
    {
        await using var browser = await chromium.OpenAsync();
        await using var lab = await ConsoleLab.StartAsync("pikku.console.refresh-interval = 100ms");
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        using var bob = await ConsoleLab.ConnectAsync(lab, "bob");
        await ConsoleLab.SubscribeAsync(ann, "notes");
        await ConsoleLab.SubscribeAsync(bob, "notes");
        var page = await OpenAsync(browser, lab.Http("/"));

        // Search, without a mouse.
        await page.GetByRole(AriaRole.Link, new() { Name = "Connections" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Search").Locator("visible=true").FocusAsync();
        await page.Keyboard.TypeAsync("ann");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#connections-info")).ToHaveTextAsync("1 found");
        var details = page.Locator("#connections tbody").GetByRole(AriaRole.Button);
        await details.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Connection" });

        // End a subscription; the question is answered with No first.
        await dialog.GetByRole(AriaRole.Button, new() { Name = "End the subscription to notes" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#confirm")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#confirm")).ToBeHiddenAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "End the subscription to notes" }).ClickAsync();
        await page.Locator("#confirm-ok").ClickAsync();
        Assert.Contains("notes", await ann.Receive(), StringComparison.Ordinal);
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "The subscription to notes has ended." })).ToBeVisibleAsync();

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Revoke user ann" }).ClickAsync();
        await page.Locator("#confirm-ok").ClickAsync();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ann.AwaitClose());
        await Expect(dialog).ToContainTextAsync("The connection has ended.");
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();

        // Publish with a form that is made from the type.
        await page.GetByRole(AriaRole.Link, new() { Name = "Topics" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish to notes" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("text"); // the server says what is wrong
        await page.GetByLabel("text").FillAsync("from the console");
        await page.GetByLabel("number").FillAsync("7");
        await page.GetByLabel("urgent").SelectOptionAsync("true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        var published = await bob.Receive();
        Assert.Contains("\"text\":\"from the console\"", published, StringComparison.Ordinal);
        Assert.Contains("\"number\":7", published, StringComparison.Ordinal);
        Assert.Contains("\"urgent\":true", published, StringComparison.Ordinal);
        Assert.Empty(_problems);
    }

    [SkippableFact]
    public async Task Operators_see_why_a_user_is_refused_what_the_user_sends_and_save_a_recording()
    {
        await using var browser = await chromium.OpenAsync();
        await using var lab = await ConsoleLab.StartAsync("pikku { console.refresh-interval = 100ms, watch.poll-interval = 100ms }");
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann");
        var page = await OpenAsync(browser, lab.Http("/"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Users" }).ClickAsync();

        var explain = page.Locator("#explain");
        await explain.GetByLabel("User", new() { Exact = true }).FillAsync("ann");
        await explain.GetByLabel("Channel").FillAsync("lab");
        await explain.GetByLabel("Action").FillAsync("secret");
        await explain.GetByRole(AriaRole.Button, new() { Name = "Explain" }).ClickAsync();
        await Expect(explain.GetByRole(AriaRole.Status)).ToContainTextAsync("denied");
        await Expect(explain.GetByRole(AriaRole.Status)).ToContainTextAsync("ForbiddenError");
        await Expect(explain.Locator("tbody tr", new() { HasText = "refuses" })).ToContainTextAsync("IsOperator");
        await explain.GetByLabel("Action").FillAsync("no such action");
        await explain.GetByRole(AriaRole.Button, new() { Name = "Explain" }).ClickAsync();
        await Expect(explain.GetByRole(AriaRole.Alert)).ToContainTextAsync("no such action");

        var trace = page.Locator("#trace");
        await trace.GetByLabel("User").FillAsync("ann");
        await trace.GetByRole(AriaRole.Button, new() { Name = "Trace" }).ClickAsync();
        await Expect(trace.Locator("tbody")).ToContainTextAsync("tracing ann");
        await ann.Send("""{"action":"fail"}""");
        await ann.Receive();
        await Expect(trace.Locator("tbody tr", new() { HasText = "fail" }).First).ToBeVisibleAsync();
        await trace.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(trace.GetByRole(AriaRole.Status)).ToHaveTextAsync("The trace has ended.");

        var record = page.Locator("#record");
        await record.GetByLabel("The next connection of user").FillAsync("ann");
        await record.GetByRole(AriaRole.Button, new() { Name = "Record", Exact = true }).ClickAsync();
        await Expect(record.GetByRole(AriaRole.Status)).ToContainTextAsync("Recording");
        using var again = await ConsoleLab.ConnectAsync(lab, "ann");
        await again.Send("""{"action":"note","text":"hello"}""");
        await again.Receive();
        var download = await page.RunAndWaitForDownloadAsync(() => record.GetByRole(AriaRole.Button, new() { Name = "Stop the recording" }).ClickAsync());
        Assert.Contains("hello", await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);
        Assert.Empty(_problems);
    }

    [SkippableTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task It_has_no_horizontal_scrolling_at_400_pixels_and_enough_contrast(ColorScheme scheme)
    {
        await using var browser = await chromium.OpenAsync();
        await using var lab = await ConsoleLab.StartAsync("pikku.console.refresh-interval = 100ms");
        using var ann = await ConsoleLab.ConnectAsync(lab, "ann-with-a-very-long-name-that-does-not-fit-into-any-line@example.com");
        await ConsoleLab.SubscribeAsync(ann, "notes");
        await ann.Send("""{"action":"fail"}""");
        var page = await OpenAsync(browser, lab.Http("/"));
        await page.EmulateMediaAsync(new() { ColorScheme = scheme });
        foreach (var width in (int[])[400, 1600])
        {
            await page.SetViewportSizeAsync(width, 900);
            foreach (var view in (string[])["Cluster", "Connections", "Topics", "Functions", "Users"])
            {
                await page.GetByRole(AriaRole.Link, new() { Name = view }).ClickAsync();
                await Expect(page.Locator(view == "Users" ? "#explain form" : "main > section:not([hidden]) tbody tr").First).ToBeVisibleAsync();
                Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{view} is wider than {width} pixels");
                Assert.Empty(await page.EvaluateAsync<string[]>(Contrasts));
            }
        }

        Assert.Empty(_problems);
    }

    // The texts whose contrast is below 4.5 : 1 (WCAG 2.2, 1.4.3), against the first ground that is not transparent. Grounds that are mixed are left out.
    private const string Contrasts = """
        () => {
          const parse = color => (color.match(/^rgba?\(([^)]+)\)$/)?.[1] ?? '').split(/[ ,\/]+/).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const bad = [];
          for (const element of document.querySelectorAll('body *')) {
            if (!element.checkVisibility() || ![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()) || element.matches(':disabled, .hidden-text, .skip')) continue;
            const ink = parse(getComputedStyle(element).color);
            let ground = element;
            while (ground && parse(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
            const back = ground ? parse(getComputedStyle(ground).backgroundColor) : [255, 255, 255];
            if (back.length < 3 || ink.length < 3) continue;
            const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) bad.push(`${element.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
          }
          return bad;
        }
        """;

    private async Task<IPage> OpenAsync(Browser browser, Uri address, string? user = null)
    {
        SetDefaultExpectTimeout(Browser.Patience);
        var page = await browser.NewPage();
        if (user is not null)
            await page.SetExtraHTTPHeadersAsync([KeyValuePair.Create("X-Name", user)]);
        page.PageError += (_, error) => _problems.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                _problems.Enqueue(message.Text);
        };
        await page.GotoAsync(new Uri(address, "/pikku").ToString());
        await Expect(page.Locator("#state")).ToHaveTextAsync("Live");
        return page;
    }

    // A client of the sample application that does something all the time.
    private static async Task LoadAsync(Uri address, CancellationToken stop)
    {
        using var client = await TextClient.Connect(new UriBuilder(address) { Scheme = "ws", Path = "/chat" }.Uri);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (await pause.WaitForNextTickAsync(stop))
            {
                await client.Send("""{"action":"history","limit":1}""");
                await client.Receive();
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
