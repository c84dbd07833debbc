#region testing-nunit
using NUnit.Framework;
using Pikku.Akka;
#endregion

namespace Snippets.OfNUnit;

#region testing-nunit
public sealed class RoomTests
{
    private PikkuTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await PikkuTestHost.StartAsync(pikku => pikku.UseSession(User.From).AddRooms());

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task A_user_says_something()
    {
        await using var ann = await _host.ConnectAsync("rooms", new PikkuConnectOptions { UserId = "ann" });
        var messages = await ann.SubscribeAsync(Rooms.Messages.For("lobby"));

        await ann.InvokeAsync("say", new { room = "lobby", text = "Hello" });

        Assert.That(await messages.NextAsync(), Is.EqualTo("Hello"));
    }
}
#endregion
