using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Snippets.OfBackgroundWork;
using Snippets.OfHowTo;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The code of the how-to guides does what the guides say.</summary>
public sealed class HowToSpec
{
    [Fact]
    public async Task A_user_whose_permission_was_taken_away_receives_no_further_event()
    {
        Shares shares = [new Share(7, "ann"), new Share(7, "bob")];
        await using var host = await PikkuTestHost.StartAsync(pikku => pikku.UseSession(user => user.FindFirstValue("sub") is { } id ? new Reader(id) : null).AddDocuments(), With(shares));
        await using var ann = await host.ConnectAsync("documents", new PikkuConnectOptions { UserId = "ann" });
        await using var bob = await host.ConnectAsync("documents", new PikkuConnectOptions { UserId = "bob" });
        var edits = await bob.SubscribeAsync(Documents.Edits.For(new DocumentKey(7)));
        await ann.InvokeAsync("edit", new Edit(7, "Hello"));
        Assert.Equal("Hello", (await edits.NextAsync()).Text);

        await ann.InvokeAsync("unshare", new Share(7, "bob"));
        await ann.InvokeAsync("edit", new Edit(7, "Without Bob"));

        Assert.Equal("ForbiddenError", (await edits.ExpectEndAsync()).Name);
        Assert.Equal("ForbiddenError", (await Assert.ThrowsAsync<PikkuTestException>(() => bob.InvokeAsync("edit", new Edit(7, "Again")))).Name);
    }

    [Fact]
    public async Task The_converted_hub_has_a_history_and_lets_users_say_something()
    {
        await using var host = await PikkuTestHost.StartAsync(
            pikku => pikku.UseSession(user => user.FindFirstValue("sub") is { } id ? new ChatUser(id) : null).AddChat(), With<IMessages>(new Messages()));
        await using var ann = await host.ConnectAsync("chat", new PikkuConnectOptions { UserId = "ann" });
        await using var guest = await host.ConnectAsync("chat");
        await ann.InvokeAsync("say", new { room = "lobby", text = "Hello" });

        var messages = await guest.SubscribeAsync(Chat.Messages.For("lobby"));

        Assert.Equal([new ChatLine("ann", "Hello")], messages.GetSnapshot<ChatLine[]>());
        Assert.Equal("ForbiddenError", (await Assert.ThrowsAsync<PikkuTestException>(() => guest.InvokeAsync("say", new { room = "lobby", text = "Hi" }))).Name);
        Assert.Equal("UnprocessableContentError", (await Assert.ThrowsAsync<PikkuTestException>(() => ann.InvokeAsync("say", new { room = "lobby", text = "" }))).Name);
    }

    [Fact]
    public async Task The_converted_channel_of_Pikku_tells_others()
    {
        await using var host = await PikkuTestHost.StartAsync(
            pikku => pikku.UseSession(user => user.FindFirstValue("sub") is { } id ? new ChatUser(id) : null).AddTodos(), With<ITodos>(new Todos()));
        await using var ann = await host.ConnectAsync("todos", new PikkuConnectOptions { UserId = "ann" });
        await using var bob = await host.ConnectAsync("todos", new PikkuConnectOptions { UserId = "bob" });
        var own = await ann.SubscribeAsync(TodoChannel.Created);
        var created = await bob.SubscribeAsync(TodoChannel.Created);

        var todo = await ann.InvokeAsync<Todo>("create", new { title = "Buy milk" });

        Assert.Equal(todo, (await created.NextAsync()).Todo);
        await own.ExpectNothingAsync();
    }

    [Fact]
    public async Task Background_work_runs_on_a_node_without_a_cluster()
    {
        await using var host = await PikkuTestHost.StartAsync(WireTicks, WithTicker with { UseSystemTime = true });
        await using var client = await host.ConnectAsync("ticks");

        await (await client.SubscribeAsync(Ticker.Ticks)).NextAsync();
    }

    [Fact]
    public async Task Background_work_moves_to_another_node_when_its_node_stops()
    {
        await using var cluster = await PikkuTestCluster.StartAsync(2, WireTicks, WithTicker);
        await using var client = await cluster[1].ConnectAsync("ticks");
        var ticks = await client.SubscribeAsync(Ticker.Ticks);
        await ticks.NextAsync();

        await cluster.StopAsync(cluster[0]);
        var stopped = TimeProvider.System.GetUtcNow();

        while (await ticks.NextAsync() < stopped) { }
    }

    private static PikkuTestOptions WithTicker => new() { Services = services => services.AddHostedService<TickerService>() };

    private static void WireTicks(PikkuBuilder pikku) => pikku.WireChannel("ticks", channel => channel.AllowAnonymous().AddTopic(Ticker.Ticks).AllowSubscribe());

    private static PikkuTestOptions With<T>(T service) where T : class => new() { Services = services => services.AddSingleton(service) };

    private sealed class Messages : IMessages
    {
        private readonly ConcurrentQueue<ChatLine> _lines = [];

        public Task<ChatLine> AddAsync(string room, string userId, string text)
        {
            var line = new ChatLine(userId, text);
            _lines.Enqueue(line);
            return Task.FromResult(line);
        }

        public Task<IReadOnlyList<ChatLine>> LatestAsync(string room) => Task.FromResult<IReadOnlyList<ChatLine>>([.. _lines]);
    }

    private sealed class Todos : ITodos
    {
        public Task<Todo> AddAsync(string title) => Task.FromResult(new Todo(1, title));
    }
}
