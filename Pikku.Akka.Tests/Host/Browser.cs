using Microsoft.Playwright;
using Xunit;

namespace Pikku.Akka.Tests.Host;

/// <summary>The Chromium of the machine; nothing is downloaded.</summary>
internal sealed class Browser : IAsyncDisposable
{
    // The tests often run as root in a container, where the sandbox does not work. The browser connects only to the node.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts the browser; skips the test if there is none.</summary>
    public static async Task<Browser> Start()
    {
        var path = Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } configured ? configured : "/usr/bin/chromium";
        Skip.IfNot(File.Exists(path), $"There is no Chromium at {path}. Install it (apt-get install chromium) or set CHROMIUM_PATH.");

        var playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Flags }));
    }

    /// <summary>A page of a separate user: it shares no cookies, storage or cache.</summary>
    public async Task<Visitor> Visit(Uri address) => await Visitor.Open(await NewPage(), address);

    /// <summary>An empty page in a separate context.</summary>
    public async Task<IPage> NewPage() => await (await _browser.NewContextAsync()).NewPageAsync();

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
