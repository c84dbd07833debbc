using Microsoft.Playwright;
using Xunit;

namespace Pikku.Akka.Tests.Host;

/// <summary>The Chromium of the machine; nothing is downloaded. It is started once for the tests of a class, which share nothing in it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // The tests often run as root in a container, where the sandbox does not work. The browser connects only to the node.
    private static readonly string[] s_flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A browser for one test; skips the test if there is none.</summary>
    internal async Task<Browser> OpenAsync()
    {
        // Here and not in InitializeAsync, where a test cannot be skipped. The tests of a class run one after another.
        var path = Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } configured ? configured : "/usr/bin/chromium";
        Skip.IfNot(File.Exists(path), $"There is no Chromium at {path}. Install it (apt-get install chromium) or set CHROMIUM_PATH.");

        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = s_flags, Timeout = Browser.Patience });
        return new Browser(_browser);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
