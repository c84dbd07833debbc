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
}
