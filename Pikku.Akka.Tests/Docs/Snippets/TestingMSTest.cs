#region testing-mstest
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Pikku.Akka;
#endregion

namespace Snippets.OfMSTest;

#region testing-mstest
[TestClass]
public sealed class RoomTests
{
    private PikkuTestHost _host = null!;

    [TestInitialize]
    public async Task StartAsync() => _host = await PikkuTestHost.StartAsync(pikku => pikku.UseSession(User.From).AddRooms());

    [TestCleanup]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestMethod]
    public async Task A_user_says_something()
    {
        await using var ann = await _host.ConnectAsync("rooms", new PikkuConnectOptions { UserId = "ann" });
        var messages = await ann.SubscribeAsync(Rooms.Messages.For("lobby"));

        await ann.InvokeAsync("say", new { room = "lobby", text = "Hello" });

        Assert.AreEqual("Hello", await messages.NextAsync());
    }
}
#endregion
