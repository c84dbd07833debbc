using Microsoft.Playwright;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The pictures of the documentation. They are made by specs, when the variable <c>PIKKU_PICTURES</c> is set; CONTRIBUTING.md has the command.</summary>
internal static class Pictures
{
    public static bool AreMade => Environment.GetEnvironmentVariable("PIKKU_PICTURES") is { Length: > 0 };

    /// <summary>Skips a test that has no other purpose than a picture.</summary>
    public static void SkipUnlessMade() => Skip.IfNot(AreMade, "PIKKU_PICTURES is not set, so no picture is made.");

    public static string PathOf(string name) => Repository.PathOf("docs", "images", name);

    /// <summary>Saves what a page shows, if pictures are made.</summary>
    public static async Task SaveAsync(IPage page, string name, int width, int height)
    {
        if (!AreMade)
            return;
        await page.SetViewportSizeAsync(width, height);
        await page.ScreenshotAsync(new() { Path = PathOf(name), Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
    }
}
