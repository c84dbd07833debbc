using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pikku.Akka.Tests.Host;

/// <summary>A user of the page, with the actions and observations of that user.</summary>
internal sealed class Visitor
{
    // A reconnect may have backed off for some seconds, and a busy machine is slow.
    private const float Patience = Browser.Patience;

    private readonly IPage _page;

    private Visitor(IPage page) => _page = page;

    /// <summary>Script errors and policy violations; empty for a page that works.</summary>
    public ConcurrentQueue<string> Problems { get; } = new();

    public static async Task<Visitor> Open(IPage page, Uri address)
    {
        var visitor = new Visitor(page);
        page.PageError += (_, error) => visitor.Problems.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                visitor.Problems.Enqueue(message.Text);
        };
        await page.GotoAsync(address.ToString());
        return visitor;
    }

    public async Task SignIn(string user)
    {
        await ChooseUser(user);
        await IsLive();
    }

    public Task ChooseUser(string user) => _page.GetByRole(AriaRole.Button, new() { Name = user, Exact = true }).ClickAsync();

    /// <summary>Waits until both channels are connected and ready.</summary>
    public async Task IsLive()
    {
        await Shows("#chat-state", "Live");
        await Shows("#todos-state", "Live");
    }

    /// <summary>Waits until the chat is connected, which needs no user.</summary>
    public Task IsGuest() => Shows("#chat-state", "Live");

    public Task SignOut() => _page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

    /// <summary>Waits until both channels have stopped with the error.</summary>
    public async Task IsRefused(string error)
    {
        foreach (var panel in (string[])["chat", "todos"])
        {
            await Shows($"#{panel}-state", "Refused");
            await Shows($"#{panel}-error", error);
        }
    }

    /// <summary>The states that the two channels show now.</summary>
    public async Task<string?[]> States() => [await _page.TextContentAsync("#chat-state"), await _page.TextContentAsync("#todos-state")];

    /// <summary>Waits until the page has shown the next second of the node.</summary>
    public async Task SeesTimePass()
    {
        var ticker = _page.Locator("#ticker");
        await Expect(ticker).Not.ToBeEmptyAsync(new() { Timeout = Patience });
        var now = await ticker.TextContentAsync() ?? "";
        await Expect(ticker).Not.ToHaveTextAsync(now, new() { Timeout = Patience });
    }

    public Task SeesSession(string text) => Expect(_page.Locator("#session")).ToContainTextAsync(text, new() { Timeout = Patience });

    public Task IsReconnecting() => Shows("#chat-state", "Reconnecting");

    public Task Say(string text) => Submit("Message", text);

    public Task Add(string todo) => Submit("New todo", todo);

    public Task Complete(string todo) => _page.GetByRole(AriaRole.Checkbox, new() { Name = todo }).CheckAsync();

    public Task SeesTicker(string messages) =>
        Expect(_page.Locator("#ticker")).ToContainTextAsync(messages, new() { Timeout = Patience });

    /// <summary>Waits until the page lists exactly these viewers of the chat.</summary>
    public Task SeesViewers(params string[] viewers) => Expect(_page.GetByRole(AriaRole.List, new() { Name = "Here now" }).Locator(".name, .guests"))
        .ToHaveTextAsync(viewers, new() { Timeout = Patience });

    /// <summary>Closes the page.</summary>
    public Task Leave() => _page.CloseAsync();

    public async Task Hears(string user, string text)
    {
        var message = _page.GetByRole(AriaRole.Log).GetByRole(AriaRole.Listitem).Filter(new() { HasText = text });
        await Expect(message).ToHaveCountAsync(1, new() { Timeout = Patience });
        await Expect(message).ToContainTextAsync(user);
    }

    public Task SeesOpen(string todo) =>
        Expect(_page.GetByRole(AriaRole.Checkbox, new() { Name = todo, Checked = false })).ToHaveCountAsync(1, new() { Timeout = Patience });

    public Task SeesDone(string todo) =>
        Expect(_page.GetByRole(AriaRole.Checkbox, new() { Name = todo, Checked = true })).ToHaveCountAsync(1, new() { Timeout = Patience });

    private Task Shows(string element, string text) => Expect(_page.Locator(element)).ToHaveTextAsync(text, new() { Timeout = Patience });

    private async Task Submit(string label, string text)
    {
        var input = _page.GetByLabel(label, new() { Exact = true });
        await input.FillAsync(text);
        await input.PressAsync("Enter");
    }
}
