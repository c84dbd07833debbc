using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Pikku.Akka.Tests.Host;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

/// <summary>The <c>EventSource</c> of a real browser.</summary>
[Trait("Rule", "O5")]
public sealed class EventSourceSpec(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Open =
        """
        url => {
          window.seen = [];
          window.source = new EventSource(url, { withCredentials: true });
          source.onopen = () => seen.push('open');
          source.onmessage = ({ data }) => seen.push(data);
          source.addEventListener('pikku-close', ({ data }) => seen.push(JSON.parse(data).reason));
          source.onerror = () => seen.push(source.readyState === EventSource.CLOSED ? 'closed' : 'reconnecting');
        }
        """;

    [SkippableFact]
    public async Task Receives_events_and_comes_back_after_the_stream_has_ended()
    {
        await using var browser = await chromium.OpenAsync();
        await using var lab = await StartAsync("");
        var page = await PageAsync(browser, lab);
        await page.EvaluateAsync(Open, "/live/room%3A7");
        await Sees(page, "open");

        await lab.PublishAsync("room:7", new { text = "a\nb" });
        await Sees(page, "open", """{"topic":"room:7","data":{"text":"a\nb"}}""");

        lab.Directory.All.Single().Close(CloseCode.GoingAway, "bye; retry-after-ms=10");
        await Sees(page, "open", """{"topic":"room:7","data":{"text":"a\nb"}}""", "bye; retry-after-ms=10", "reconnecting", "open");
        await lab.PublishAsync("room:7", 2);

        await Sees(
            page, "open", """{"topic":"room:7","data":{"text":"a\nb"}}""", "bye; retry-after-ms=10", "reconnecting", "open", """{"topic":"room:7","data":2}""");
        await page.EvaluateAsync("source.close()");
        await lab.IsEmptyAsync();
    }

    [SkippableFact]
    public async Task Does_not_come_back_when_it_is_refused()
    {
        await using var browser = await chromium.OpenAsync();
        await using var lab = await StartAsync("");
        var page = await PageAsync(browser, lab);

        await page.EvaluateAsync(Open, "/live/denied");

        await Sees(page, "closed");
    }

    [SkippableFact]
    public async Task Reads_the_streams_of_another_origin_when_that_lists_its_own()
    {
        await using var browser = await chromium.OpenAsync();
        await using var pages = await StartAsync("");
        await using var strict = await StartAsync("");
        await using var open = await StartAsync($"pikku.upgrade.origins = [\"http://127.0.0.1:{pages.Port}\"]");
        var page = await PageAsync(browser, pages);

        await page.EvaluateAsync(Open, open.Stream().ToString());
        await Sees(page, "open");
        await open.PublishAsync("news", 1);
        await Sees(page, "open", """{"topic":"news","data":1}""");
        await page.EvaluateAsync("source.close()");

        await page.EvaluateAsync(Open, strict.Stream().ToString());
        await Sees(page, "closed");
    }

    private static Task<Lab> StartAsync(string hocon) => StreamLab.StartAsync(
        hocon, more: options => options.App = app => app.MapGet("/", () => Results.Content("<!doctype html><title>events</title>", "text/html")));

    private static async Task<IPage> PageAsync(Browser browser, Lab lab)
    {
        var page = await browser.NewPage();
        await page.GotoAsync(lab.Http("/").ToString());
        return page;
    }

    private static async Task Sees(IPage page, params string[] expected)
    {
        await page.WaitForFunctionAsync("count => window.seen.length >= count", expected.Length);
        Assert.Equal(expected, await page.EvaluateAsync<string[]>("window.seen"));
    }
}
