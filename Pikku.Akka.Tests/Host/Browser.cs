using Microsoft.Playwright;

namespace Pikku.Akka.Tests.Host;

/// <summary>The pages of one test. They close with it, so that none of them reconnects during the next test.</summary>
internal sealed class Browser(IBrowser browser) : IAsyncDisposable
{
    /// <summary>How long anything in a browser may take on a busy machine, in milliseconds.</summary>
    public const float Patience = 60_000;

    private readonly List<IBrowserContext> _contexts = [];

    /// <summary>A page of a separate user: it shares no cookies, storage or cache.</summary>
    public async Task<Visitor> Visit(Uri address) => await Visitor.Open(await NewPage(), address);

    /// <summary>An empty page in a separate context.</summary>
    public async Task<IPage> NewPage()
    {
        var context = await browser.NewContextAsync();
        context.SetDefaultTimeout(Patience);
        _contexts.Add(context);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
            await context.CloseAsync();
    }
}
