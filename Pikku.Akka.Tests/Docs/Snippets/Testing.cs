#region testing-xunit
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka;
using Xunit;
#endregion
using Microsoft.Extensions.Time.Testing;
using Pikku.Akka.Tests.Clients.CSharp.Generated;

namespace Snippets;

// An application has a Program of its own. The alias is inside of the namespace, so that it hides the one of the test project.
#pragma warning disable IDE0065
using Program = global::Conformance.ConformanceSession;
#pragma warning restore IDE0065

#region testing-module
public static class Rooms
{
    public static readonly Topic<string, string> Messages = new("room:{name}");

    public static PikkuBuilder AddRooms(this PikkuBuilder pikku) => pikku.WireChannel("rooms", channel =>
    {
        channel.AllowAnonymous().AddTopic(Messages).AllowSubscribe().WithHistory(maxEvents: 100);
        channel.MapAction("say", async (string room, string text, IEventHub events) => await events.PublishAsync(Messages.For(room), text)).RequireSession();
    });
}
#endregion

#region testing-xunit
public sealed class RoomTests : IAsyncLifetime
{
    private PikkuTestHost _host = null!;

    public async Task InitializeAsync() => _host = await PikkuTestHost.StartAsync(pikku => pikku.UseSession(User.From).AddRooms());

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Everybody_in_a_room_receives_what_a_user_says()
    {
        await using var ann = await _host.ConnectAsync("rooms", new PikkuConnectOptions { UserId = "ann" });
        await using var bob = await _host.ConnectAsync("rooms");
        var messages = await bob.SubscribeAsync(Rooms.Messages.For("lobby"));

        await ann.InvokeAsync("say", new { room = "lobby", text = "Hello" });

        Assert.Equal("Hello", await messages.NextAsync());
        await messages.ExpectNothingAsync();
    }

    [Fact]
    public async Task Guests_only_listen()
    {
        await using var guest = await _host.ConnectAsync("rooms");

        var error = await Assert.ThrowsAsync<PikkuTestException>(() => guest.InvokeAsync("say", new { room = "lobby", text = "Hello" }));

        Assert.Equal(("UnauthorizedError", 401), (error.Name, error.Status));
    }
}

public sealed record User(string? UserId) : IPikkuSession
{
    public static User From(System.Security.Claims.ClaimsPrincipal principal) => new(principal.FindFirst("sub")?.Value);
}
#endregion

public static class Testing
{
    public static async Task OfProgram()
    {
        #region testing-program
        await using var host = await PikkuTestHost.StartAsync<Program>(new PikkuTestOptions
        {
            Settings = new Dictionary<string, string> { ["pikku.connection.idle-timeout"] = "5m" },
            Services = services => services.AddSingleton<IGreeter, FakeGreeter>(),
        });
        #endregion
        await using var client = await host.ConnectAsync("lab");
        await client.InvokeAsync("num");
    }

    public static async Task<int> Typed(PikkuTestHost host)
    {
        #region testing-typed
        await using var client = new PikkuWebSocket(new Uri("ws://localhost"), new PikkuOptions
        {
            Connect = (address, upgrade, cancellation) => host.ConnectSocketAsync(address, upgrade.Subprotocol, upgrade.Token, cancellation),
        });
        var number = await client.Lab.NumAsync();
        #endregion
        return number;
    }

    public static async Task Untyped(PikkuTestHost host)
    {
        #region testing-untyped
        await using var client = await host.ConnectAsync("/lab", new PikkuConnectOptions { Subprotocol = null });
        await client.SendTextAsync("""{"action":"num"}""");
        await client.ExpectAsync("""{"action":"num","result":42}""");
        await client.ExpectNothingAsync();
        #endregion
    }

    public static async Task Time(PikkuTestHost host)
    {
        #region testing-time
        await using var client = await host.ConnectAsync("rooms");
        FakeTimeProvider clock = host.Time;
        var before = clock.GetUtcNow();

        await host.AdvanceAsync(TimeSpan.FromMinutes(59)); // the client answers some 240 pings
        Assert.True(client.Link.IsOpen);
        await host.AdvanceAsync(TimeSpan.FromMinutes(2));

        await client.ExpectCloseAsync(CloseCode.Normal, "idle");
        Assert.Equal(before.AddMinutes(61), clock.GetUtcNow());
        #endregion
    }

    public static async Task Faults(PikkuTestHost host)
    {
        #region testing-faults
        await using var ann = await host.ConnectAsync("rooms", new PikkuConnectOptions { UserId = "ann" });
        ann.Link.StopReading();    // a client that is too slow
        ann.Link.ResumeReading();
        ann.Link.Unplug();         // a cable: neither end notices it
        ann.Link.Replug();
        await host.RevokeSessionAsync("ann");
        await ann.ExpectCloseAsync(CloseCode.PolicyViolation);

        await using var bob = await host.ConnectAsync("rooms");
        bob.Link.Cut();            // a reset: both ends notice it, without a close frame
        await bob.ExpectCloseAsync(PikkuTestClose.NoCloseFrame);

        await host.DrainAsync();   // a shutdown
        #endregion
    }

    public static async Task Cluster()
    {
        #region testing-cluster
        await using var cluster = await PikkuTestCluster.StartAsync(3, pikku => pikku.UseSession(User.From).AddRooms());
        await using var ann = await cluster[0].ConnectAsync("rooms", new PikkuConnectOptions { UserId = "ann" });
        await using var bob = await cluster[1].ConnectAsync("rooms");
        var messages = await bob.SubscribeAsync(Rooms.Messages.For("lobby"));

        await cluster.KillAsync(cluster[2]);
        await ann.InvokeAsync("say", new { room = "lobby", text = "Two of us are left" });

        Assert.Equal("Two of us are left", await messages.NextAsync());
        #endregion
    }

    public static async Task Scenario(PikkuTestHost host, string file)
    {
        #region testing-scenario
        await PikkuScenario.Load(file).PlayAsync(host);
        #endregion
    }

    private interface IGreeter;

    private sealed class FakeGreeter : IGreeter;
}
