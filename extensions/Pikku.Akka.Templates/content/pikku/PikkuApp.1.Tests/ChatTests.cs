using Pikku.Akka;
using PikkuApp._1.Chat;
using PikkuApp._1.Security;
using Xunit;

namespace PikkuApp._1.Tests;

/// <summary>The application in memory: no port is opened, and time is virtual.</summary>
public sealed class ChatTests : IAsyncLifetime
{
    private static readonly RoomKey Lobby = new("lobby");
    private static readonly RoomKey Staff = new("staff");

    private PikkuTestHost _host = null!;

    public async Task InitializeAsync() => _host = await PikkuTestHost.StartAsync<Program>();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Everybody_in_a_room_receives_a_message()
    {
        await using var ann = await ConnectAsync("ann");
        await using var bob = await ConnectAsync("bob");
        var messages = await bob.SubscribeAsync(ChatChannel.Messages.For(Lobby));

        var sent = await ann.InvokeAsync<Message>("send", new { room = "lobby", text = "Hello" });

        Assert.Equal(("ann", "Hello"), (sent.UserId, sent.Text));
        Assert.Equal(sent, await messages.NextAsync());
        await messages.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_client_that_was_away_receives_what_it_missed()
    {
        await using var ann = await ConnectAsync("ann");
        var before = await ConnectAsync("bob");
        var position = (await before.SubscribeAsync(ChatChannel.Messages.For(Lobby))).Position;
        before.Link.Cut();

        await ann.InvokeAsync("send", new { room = "lobby", text = "While you were away" });

        await using var after = await ConnectAsync("bob");
        var messages = await after.SubscribeAsync(ChatChannel.Messages.For(Lobby), since: position);
        Assert.Equal("While you were away", (await messages.NextAsync()).Text);
    }

    [Fact]
    public async Task The_staff_room_is_for_staff_only()
    {
        await using var ann = await ConnectAsync("ann", "staff");
        await using var bob = await ConnectAsync("bob");

        await ann.SubscribeAsync(ChatChannel.Messages.For(Staff));
        await ann.InvokeAsync("send", new { room = "staff", text = "Hello" });

        var subscribing = await Assert.ThrowsAsync<PikkuTestException>(() => bob.SubscribeAsync(ChatChannel.Messages.For(Staff)));
        var sending = await Assert.ThrowsAsync<PikkuTestException>(() => bob.InvokeAsync("send", new { room = "staff", text = "Hello" }));
        Assert.Equal(("ForbiddenError", "ForbiddenError"), (subscribing.Name, sending.Name));
    }

    [Fact]
    public async Task A_guest_can_neither_read_nor_write()
    {
        await using var guest = await _host.ConnectAsync("chat");

        var subscribing = await Assert.ThrowsAsync<PikkuTestException>(() => guest.SubscribeAsync(ChatChannel.Messages.For(Lobby)));
        var sending = await Assert.ThrowsAsync<PikkuTestException>(() => guest.InvokeAsync("send", new { room = "lobby", text = "Hello" }));
        Assert.Equal((401, 401), (subscribing.Status, sending.Status));
    }

    [Fact]
    public async Task A_message_without_a_text_is_refused()
    {
        await using var ann = await ConnectAsync("ann");

        var error = await Assert.ThrowsAsync<PikkuTestException>(() => ann.InvokeAsync("send", new { room = "lobby", text = "" }));

        Assert.Equal("text", Assert.Single(error.Details).Path);
    }

    private Task<PikkuTestConnection> ConnectAsync(string user, params string[] roles) =>
        _host.ConnectAsync("chat", new PikkuConnectOptions { Session = new UserSession(user) { Roles = roles } });
}
