using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>An application whose arguments are not a command.</summary>
public sealed class RunPikkuSpec
{
    [Fact]
    public async Task Runs_until_it_is_stopped()
    {
        await using var app = SmallApp.Build();
        app.Urls.Add("http://127.0.0.1:0");

        var running = app.RunPikkuAsync(["--urls", "http://127.0.0.1:0"]);
        await Eventually.Holds(() => app.Lifetime.ApplicationStarted.IsCancellationRequested, "The application has started.");
        using (var client = await TextClient.Connect(new UriBuilder(app.Urls.Single()) { Scheme = Uri.UriSchemeWs, Path = "/feed" }.Uri))
            Assert.Contains("ForbiddenError", await client.Ask("from nobody"), StringComparison.Ordinal);
        app.Lifetime.StopApplication();

        // The exit code is that of the test process, which other specs share; ProcessSpec covers it.
        await running.WaitAsync(Eventually.Patience);
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task Does_not_start_with_invalid_wiring_and_returns_1()
    {
        await using var app = SmallApp.Build(pikku => pikku.WireChannel("", c => c.OnMessage((string text) => text)));

        Assert.Equal(1, await app.RunPikkuAsync([]));
    }
}
