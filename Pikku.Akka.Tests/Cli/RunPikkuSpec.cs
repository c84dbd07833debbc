using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>An application whose arguments are no command.</summary>
public sealed class RunPikkuSpec
{
    [Fact]
    public async Task Runs_until_it_is_stopped()
    {
        await using var app = SmallApp.Build();
        app.Urls.Add("http://127.0.0.1:0");

        var running = app.RunPikkuAsync(["--urls", "http://127.0.0.1:0"]);
        await Eventually.Holds(() => app.Lifetime.ApplicationStarted.IsCancellationRequested, "It runs.");
        using (var client = await TextClient.Connect(new UriBuilder(app.Urls.Single()) { Scheme = Uri.UriSchemeWs, Path = "/feed" }.Uri))
            Assert.Contains("ForbiddenError", await client.Ask("from nobody"), StringComparison.Ordinal);
        app.Lifetime.StopApplication();

        // The exit code is the process's own, which other specs share; ProcessSpec shows it.
        await running.WaitAsync(Eventually.Patience);
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task Does_not_run_with_mistakes_and_exits_with_1()
    {
        await using var app = SmallApp.Build(pikku => pikku.WireChannel("", c => c.OnMessage((string text) => text)));

        Assert.Equal(1, await app.RunPikkuAsync([]));
    }
}
