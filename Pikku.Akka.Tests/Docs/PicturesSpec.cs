using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Tests.Host;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The pictures of the documentation show what it says. <see cref="TutorialSpec"/> makes the one of the tutorial.</summary>
[Trait("Pictures", "true")]
public sealed class PicturesSpec(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task The_plot_shows_the_figures_of_the_page()
    {
        var plot = PerformancePlot.Draw(await File.ReadAllTextAsync(Repository.PathOf("docs", "performance.md")));
        Assert.NotNull(plot);
        var file = Pictures.PathOf("performance.svg");
        if (Pictures.AreMade)
            await File.WriteAllTextAsync(file, plot);

        Assert.True(plot == (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n"), "docs/images/performance.svg is out of date. CONTRIBUTING.md has the command that draws it.");
    }

    [Fact]
    public void Every_picture_exists_and_is_shown()
    {
        var shown = Repository.Pages().Select(MarkdownPage.Open)
            .SelectMany(page => page.Links.Select(link => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.Path)!, link.Target)))).ToHashSet();

        Assert.All(Directory.GetFiles(Repository.PathOf("docs", "images")).Where(file => !Path.GetFileName(file).StartsWith("icon", StringComparison.Ordinal)), file => Assert.Contains(file, shown));
    }

    [SkippableFact]
    public async Task The_page_of_the_sample_application()
    {
        Pictures.SkipUnlessMade();
        await using var browser = await chromium.OpenAsync();
        await using var node = await HostNode.Start();
        var page = await browser.NewPage();
        await page.SetViewportSizeAsync(1200, 800);
        var alice = await Visitor.Open(page, node.Address);
        var bob = await browser.Visit(node.Address);
        await browser.Visit(node.Address);
        await alice.SignIn("alice");
        await bob.SignIn("bob");

        await alice.Say("Is the build green?");
        await bob.Say("Yes, on all three nodes.");
        await alice.Say("Then let us ship it.");
        await alice.Add("Write the release notes");
        await alice.Add("Tell everybody");
        await bob.SeesOpen("Tell everybody");
        await bob.Complete("Write the release notes");
        await alice.SeesDone("Write the release notes");
        await alice.SeesViewers("alice (you)", "bob", "1 guest");
        await alice.SeesTicker("3 messages");

        await Pictures.SaveAsync(page, "host.png", 1200, 800);
    }
}
