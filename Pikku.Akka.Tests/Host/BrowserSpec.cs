using System.Net.Mime;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace Pikku.Akka.Tests.Host;

public sealed class BrowserSpec(Chromium chromium) : IClassFixture<Chromium>
{
    [SkippableFact]
    public async Task Two_users_see_each_others_changes_immediately()
    {
        await using var browser = await chromium.OpenAsync();
        await using var node = await HostNode.Start();
        var alice = await browser.Visit(node.Address);
        var bob = await browser.Visit(node.Address);
        await alice.SignIn("alice");
        await bob.SignIn("bob");

        await alice.Say("Is anybody here?");
        await bob.Hears("alice", "Is anybody here?");
        await bob.Say("<b>I am</b> & listening");
        await alice.Hears("bob", "<b>I am</b> & listening");
        await alice.Hears("alice", "Is anybody here?");

        await alice.Add("Water the plants");
        await bob.SeesOpen("Water the plants");
        await bob.Complete("Water the plants");
        await alice.SeesDone("Water the plants");

        Assert.Empty(alice.Problems);
        Assert.Empty(bob.Problems);
    }

    [SkippableFact, Trait("Rule", "P10")]
    public async Task Two_browsers_see_each_other_until_one_leaves()
    {
        await using var browser = await chromium.OpenAsync();
        await using var node = await HostNode.Start();
        var alice = await browser.Visit(node.Address);
        await alice.SeesViewers("1 guest");
        await alice.SignIn("alice");
        await alice.SeesViewers("alice (you)");

        var bob = await browser.Visit(node.Address);
        await alice.SeesViewers("alice (you)", "1 guest");
        await bob.SignIn("bob");
        await alice.SeesViewers("alice (you)", "bob");
        await bob.SeesViewers("alice", "bob (you)");

        // A second browser of the same user is no other user, and the user stays when it leaves.
        var tablet = await browser.Visit(node.Address);
        await tablet.SignIn("bob");
        var guest = await browser.Visit(node.Address);
        await guest.SeesViewers("alice", "bob", "1 guest");
        await tablet.Leave();
        await guest.Leave();
        await alice.SeesViewers("alice (you)", "bob");

        await bob.SignOut();
        await alice.SeesViewers("alice (you)", "1 guest");
        await bob.Leave();
        await alice.SeesViewers("alice (you)");
        Assert.Empty(alice.Problems);
        Assert.Empty(bob.Problems);
    }

    [SkippableFact]
    public async Task Users_who_have_not_signed_in_receive_messages()
    {
        await using var browser = await chromium.OpenAsync();
        await using var node = await HostNode.Start();
        var guest = await browser.Visit(node.Address);
        var alice = await browser.Visit(node.Address);
        await alice.SignIn("alice");

        await alice.Say("Anybody may read this");

        await guest.Hears("alice", "Anybody may read this");
        await guest.SeesTicker("1 message");
        Assert.Empty(guest.Problems);
    }

    [SkippableFact]
    public async Task The_page_reconnects_after_the_node_restarts()
    {
        await using var browser = await chromium.OpenAsync();
        var node = await HostNode.Start();
        var address = node.Address;
        var alice = await browser.Visit(address);
        var bob = await browser.Visit(address);
        await alice.SignIn("alice");
        await bob.SignIn("bob");

        await node.DisposeAsync();
        await alice.IsReconnecting();
        await bob.IsReconnecting();

        // The new node has another key, so the pages need new tokens and not only new sockets.
        await using var next = await HostNode.Start(address.Port);
        await alice.IsLive();
        await bob.IsLive();

        await alice.Say("Back again");
        await bob.Hears("alice", "Back again");
        Assert.Empty(alice.Problems);
    }

    [SkippableFact]
    public async Task A_restart_loses_nothing_that_the_pages_show()
    {
        using var data = new DataFolder();
        await using var browser = await chromium.OpenAsync();
        var node = await HostNode.Start(args: data.Argument);
        var alice = await browser.Visit(node.Address);
        await alice.SignIn("alice");
        await alice.Say("Before the restart");
        await alice.Hears("alice", "Before the restart");
        await alice.Add("Water the plants");
        await alice.SeesOpen("Water the plants");

        await node.DisposeAsync();
        await alice.IsReconnecting();
        await using var next = await HostNode.Start(node.Address.Port, args: data.Argument);
        await alice.IsLive();

        var bob = await browser.Visit(node.Address);
        await bob.SignIn("bob");
        await bob.Hears("alice", "Before the restart");
        await bob.Complete("Water the plants");
        await alice.SeesDone("Water the plants");
        await alice.Hears("alice", "Before the restart");
    }

    [SkippableFact]
    public async Task Three_nodes_on_one_database_show_the_same()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var browser = await chromium.OpenAsync();
        await using var first = await StartMemberAsync(server);
        var seed = global::Akka.Cluster.Cluster.Get(first.Services.GetRequiredService<ActorSystem>()).SelfAddress;
        await using var second = await StartMemberAsync(server, seed);
        await using var third = await StartMemberAsync(server, seed);
        var alice = await browser.Visit(first.Address);
        var bob = await browser.Visit(second.Address);
        await alice.SignIn("alice");
        await bob.SignIn("bob");

        await alice.Say("To all nodes");
        await bob.Hears("alice", "To all nodes");
        await alice.SeesViewers("alice (you)", "bob");
        await bob.Add("Water the plants");
        await alice.SeesOpen("Water the plants");

        var carol = await browser.Visit(third.Address);
        await carol.SignIn("carol");
        await carol.Hears("alice", "To all nodes");
        await carol.Complete("Water the plants");
        await alice.SeesDone("Water the plants");
        await bob.SeesDone("Water the plants");
    }

    [SkippableFact, Trait("Rule", "S1")]
    public async Task The_page_notices_a_frozen_server_within_40_s_and_shows_everything_after_it_continues()
    {
        await using var browser = await chromium.OpenAsync();
        await using var node = await HostProcess.StartAsync();
        var page = await PageWithClock(browser);
        var alice = await Visitor.Open(page, node.Address);
        var bob = await browser.Visit(node.Address);
        await alice.SignIn("alice");
        await bob.SignIn("bob");
        await alice.Say("I am here");
        await bob.Hears("alice", "I am here");

        node.Signal("STOP");
        // His page has not noticed anything, so the message waits in the network.
        await bob.Say("Does anybody hear me?");
        await page.Clock.RunForAsync(40_000);
        Assert.DoesNotContain("Live", await alice.States());
        node.Signal("CONT");

        await alice.IsLive();
        await alice.Hears("bob", "Does anybody hear me?");
        await alice.Hears("alice", "I am here");
        await alice.SeesTicker("2 messages");
        await alice.Add("Ask why it was frozen");
        await bob.SeesOpen("Ask why it was frozen");
        await alice.SeesOpen("Ask why it was frozen");
        Assert.Empty(alice.Problems);
    }

    [SkippableFact, Trait("Rule", "S2")]
    public async Task A_page_whose_token_is_refused_shows_the_error_of_the_server_and_stops_until_it_has_another_token()
    {
        string[] refused = ["GET /", "GET /chat", "UPGRADE /", "UPGRADE /chat"];
        await using var browser = await chromium.OpenAsync();
        await using var node = await HostNode.Start();
        var page = await PageWithClock(browser);
        var forged = int.MaxValue;
        await page.RouteAsync("**/demo/token", route => forged-- > 0
            ? route.FulfillAsync(new() { ContentType = MediaTypeNames.Application.Json, Body = """{"token":"forged","expiresIn":900}""" })
            : route.ContinueAsync());
        var alice = await Visitor.Open(page, node.Address);
        await alice.IsGuest();

        await alice.ChooseUser("alice");
        await alice.IsRefused("401 UnauthorizedError: The credentials were not accepted.");
        // Twice the longest delay of the backoff.
        await page.Clock.RunForAsync(60_000);
        await alice.IsRefused("401 UnauthorizedError: The credentials were not accepted.");
        // The guest has connected once; each channel was tried once and asked once for the reason.
        Assert.Equal([.. refused, "UPGRADE /chat"], node.ChannelRequests);

        // The token of each first attempt is forged, and the one that the client then asks for is not.
        forged = 2;
        await alice.SignOut();
        await alice.IsGuest();
        await alice.SignIn("alice");
        Assert.Equal(
            [.. ((string[])[.. refused, "UPGRADE /chat", .. refused, "UPGRADE /", "UPGRADE /chat", "UPGRADE /chat"]).Order(StringComparer.Ordinal)],
            node.ChannelRequests);
        Assert.Empty(alice.Problems);
    }

    [SkippableFact, Trait("Rule", "Q3")]
    public async Task The_page_renews_its_session_before_it_expires_and_without_a_reconnect()
    {
        await using var browser = await chromium.OpenAsync();
        await using var node = await HostNode.Start();
        var page = await PageWithClock(browser);
        var alice = await Visitor.Open(page, node.Address);
        await alice.IsGuest();
        await alice.SignIn("alice");
        await alice.SeesSession("Session ends at");
        // A token ends at a whole second, so the next one must come from another second.
        await alice.SeesTimePass();

        // The token lives for 15 min. The client renews the session between 60 s and 30 s before the end.
        await page.Clock.FastForwardAsync("14:30");

        await alice.SeesSession("Session renewed at");
        await alice.IsLive();
        Assert.Equal(["UPGRADE /", "UPGRADE /chat", "UPGRADE /chat"], node.ChannelRequests);
        Assert.Empty(alice.Problems);
    }

    /// <summary>A page whose clock the test can move forward. Until then, it goes on in real time.</summary>
    private static Task<HostNode> StartMemberAsync(PostgresServer server, Address? seed = null)
    {
        string[] seeds = seed is null ? [] : [$"--pikku:cluster:seeds={seed.Host}:{seed.Port}"];
        return HostNode.Start(args:
        [
            "--pikku:cluster:host=127.0.0.1", "--pikku:cluster:port=0", $"--ConnectionStrings:PostgreSQL={server.ConnectionString}",
            "--Jwt:Key=a key that is shared by all nodes of the test", .. seeds,
        ]);
    }

    private static async Task<IPage> PageWithClock(Browser browser)
    {
        var page = await browser.NewPage();
        await page.Clock.InstallAsync();
        return page;
    }
}
