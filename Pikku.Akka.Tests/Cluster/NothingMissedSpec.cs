using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// Processes that are killed or added while clients publish to a topic with history, follow it and resume on another node. <see cref="FeedLoad.SettleAsync"/> compares what
/// was published with what each client received.
/// </summary>
[Trait("Rule", "P4")]
public sealed class NothingMissedSpec(ProcessCluster cluster) : IClassFixture<ProcessCluster>, IAsyncLifetime
{
    public Task InitializeAsync() => OperatingSystem.IsWindows() ? Task.CompletedTask : cluster.HealAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [SkippableFact]
    public async Task Clients_of_a_killed_node_miss_nothing_on_another_one()
    {
        await using var load = await FeedLoad.StartAsync(cluster, [0, 1, 2, 2], (0, false), (1, false));
        var victims = load.Followers.Where(follower => follower.Connect.Node == 2).ToArray();
        using (await victims[0].Connect.HoldAsync())
        {
            await cluster.KillAsync(2);
            await load.MissesAsync(victims[0]);
        }

        await load.SettleAsync();
        Assert.All(victims, victim => Assert.NotEqual(2, victim.Connect.Node));
        Assert.True(victims[0].Replayed > 0);
    }

    [SkippableFact]
    public async Task What_a_killed_node_acknowledged_with_a_witness_exists_and_of_the_rest_everybody_has_the_same()
    {
        await using var load = await FeedLoad.StartAsync(cluster, [0, 1], (2, true), (2, false), (0, false));
        await cluster.KillAsync(2);
        await load.FlowsAsync();
        await load.SettleAsync(uncertain: [load.Publishers[1]]);
    }

    [SkippableFact]
    public async Task A_follower_and_a_publisher_whose_nodes_are_killed_at_once_go_on_with_the_majority()
    {
        await Task.WhenAll(cluster.StartAsync(3), cluster.StartAsync(4));
        await cluster.MembersAsync(5);
        await using var load = await FeedLoad.StartAsync(cluster, [0, 1, 2, 4], (3, true), (3, false), (4, true), (1, false));
        var victim = load.Followers[^1];
        var orphans = load.Publishers.Where(publisher => publisher.Connect.Node >= 3).ToArray();
        using (await victim.Connect.HoldAsync())
        {
            await cluster.KillAsync(3, 4);
            await load.MissesAsync(victim);
        }

        // The node of the victim may have been the only witness of events of the other dead node. Then the victim has events that nobody else will ever have.
        await load.SettleAsync(doubtful: victim, uncertain: orphans);
        Assert.All(victim.Losses, loss => Assert.Equal(PikkuLossReason.Unknown, loss));
    }

    [SkippableFact]
    public async Task Of_three_nodes_the_one_that_is_left_ends_itself_and_everybody_is_told_that_its_position_is_lost()
    {
        await using var load = await FeedLoad.StartAsync(cluster, [0, 1, 2], (0, false), (1, true), (2, false));
        await load.SettleAsync();
        var before = load.Followers.Select(follower => follower.Entries.Count).ToArray();
        await cluster.KillAsync(1, 2);
        // One of three is not a majority: nothing says that the other two are dead.
        await cluster.ExitAsync(0);
        await cluster.HealAsync();
        await Eventually.Holds(() => load.Followers.All(follower => follower.Losses.Count > 0), "all are told");
        await load.PublishAsync("new history");
        await Eventually.Holds(() => load.Followers.All(follower => follower.NextOf("new history") == 1), "all go on");
        Assert.All(load.Followers, follower => Assert.Equal([PikkuLossReason.Unknown], follower.Losses));
        Assert.Equal(before.Select(count => count + 1), load.Followers.Select(follower => follower.Entries.Count));
    }

    [SkippableFact]
    public async Task A_node_that_joins_under_load_replays_for_a_client_with_a_position_of_another_node()
    {
        await using var load = await FeedLoad.StartAsync(cluster, [0, 1, 2], (0, false), (1, false), (2, true));
        var mover = load.Followers[0];
        await cluster.StartAsync(3);
        using (await mover.Connect.HoldAsync())
        {
            mover.Connect.MoveTo(3);
            await load.MissesAsync(mover);
        }

        await Eventually.Holds(() => mover.Subscriptions == 2, "it has resumed");
        Assert.Equal(3, mover.Connect.Node);
        await load.SettleAsync();
        Assert.True(mover.Replayed > 0);
    }

    [SkippableFact, Trait("Rule", "P10"), Trait("Rule", "P11")]
    public async Task The_entries_of_a_killed_node_leave_everywhere_and_those_that_were_set_anew_stay()
    {
        var name = Guid.NewGuid().ToString("N");
        await using var near = new EntryWatcher(cluster.Node(0), name, "near");
        await using var far = new EntryWatcher(cluster.Node(1), name, "far");
        await using var victim = new EntryWatcher(cluster.Node(2), name, "victim");
        EntryWatcher[] all = [near, far, victim];
        await Eventually.Holds(() => all.All(one => one.Present.Count == 3), "all see one another");
        await victim.MarkAsync("own", 1);
        await victim.MarkAsync("kept", 1, stays: true);
        await victim.MarkAsync("taken", 1);
        await Eventually.Holds(() => all.All(one => one.Marks.Count == 3), "all see the marks");
        await near.MarkAsync("taken", 2);
        await Eventually.Holds(() => all.All(one => one.Marks["taken"] == 2), "all see the new owner's value");

        await cluster.KillAsync(2);
        await Eventually.Holds(() => new[] { near, far }.All(one => one.Present.Count == 2 && !one.Marks.ContainsKey("own")), "the entries of the dead node leave");
        await cluster.StartAsync(2);
        await using var joined = new EntryWatcher(cluster.Node(2), name, "joined");
        await Eventually.Holds(
            () => new[] { near, far, joined }.All(one => one.Present.Count == 3 && one.Marks.OrderBy(mark => mark.Key).Select(mark => $"{mark.Key}={mark.Value}").SequenceEqual(["kept=1", "taken=2"])),
            "the restarted node knows the others, and all have the same marks");

        await near.DisposeAsync();
        await Eventually.Holds(() => new[] { far, joined }.All(one => one.Present.Count == 2 && one.Marks.Keys.SequenceEqual(["kept"])), "what the new owner set leaves with it");
        Assert.All(all, one => Assert.Equal(0, one.Surprises));
    }
}
