using System.Collections.Concurrent;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Cluster;
using Pikku.Akka.Tests.Conformance;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The generated client follows presence and state topics on the application that it was generated from.</summary>
public sealed class PresenceEndToEndSpec(OneNode node) : IClassFixture<OneNode>
{
    // Topics of other tests have other names.
    private readonly BoardKey _key = new() { BoardId = Guid.NewGuid().ToString("N") };

    [Fact, Trait("Rule", "P10")]
    public async Task Who_joins_changes_and_leaves_is_in_the_list_and_told_in_order()
    {
        await using var client = new Client(node.Address);
        await using var others = new Client(node.Address);
        await client.Boards.LoginAsync(new BoardLogin { UserId = "ann" });
        await others.Boards.LoginAsync(new BoardLogin { UserId = "bob" });
        var told = new ConcurrentQueue<string>();
        using var viewers = client.Boards.Viewers(_key);
        viewers.Changed += (_, changes) => changes.ToList().ForEach(change => told.Enqueue($"{change.Kind} {change.Info!.UserId}"));
        await Expect(viewers, "ann");

        using var theirs = others.Boards.Viewers(_key);
        await Expect(viewers, "ann", "bob");
        await Expect(theirs, "ann", "bob");
        await others.Boards.RenameAsync(new Viewing { BoardId = _key.BoardId, UserId = "Bob" });
        await Expect(theirs, "ann", "Bob");
        theirs.Dispose();
        await Expect(viewers, "ann");

        using var again = others.Boards.Viewers(_key);
        await Expect(viewers, "ann", "bob");
        await others.Boards.CloseAsync();
        await Expect(viewers, "ann");
        string[] expected = ["Joined ann", "Joined bob", "Updated Bob", "Left Bob", "Joined bob", "Left bob"];
        await Eventually.Holds(() => told.SequenceEqual(expected), $"all changes were told; are {string.Join(", ", told)}");
    }

    [Fact, Trait("Rule", "P10")]
    public async Task Connections_with_the_same_info_are_listed_and_removed_one_by_one()
    {
        await using var client = new Client(node.Address);
        using var viewers = client.Boards.Viewers(_key);
        var guests = Enumerable.Range(0, 3).Select(_ => new Client(node.Address)).ToArray();
        var lists = guests.Select(guest => guest.Boards.Viewers(_key)).ToArray();
        await Expect(viewers, "guest", "guest", "guest", "guest");
        Assert.Equal([new Viewer { UserId = "guest" }], viewers.Infos);

        for (var left = 3; left > 0; left--)
        {
            await guests[left - 1].DisposeAsync();
            await Expect(viewers, [.. Enumerable.Repeat("guest", left)]);
        }

        // Its own connection is the one that is left.
        await client.Boards.RenameAsync(new Viewing { BoardId = _key.BoardId, UserId = "me" });
        await Expect(viewers, "me");
        Assert.All(lists, list => Assert.Equal(PikkuLiveStatus.Closed, list.Status));
    }

    [Fact, Trait("Rule", "P11")]
    public async Task A_state_topic_is_a_map_of_the_last_values_whose_entries_may_end_with_their_connection()
    {
        await using var reader = new Client(node.Address);
        await using var writer = new Client(node.Address);
        await PointAsync(writer, "old", 1, stays: true);
        using var cursors = reader.Boards.Cursors(_key);
        await cursors.WaitUntilLoadedAsync().WaitAsync(Eventually.Patience);
        Assert.Equal([new("old", new Cursor { X = 1, Y = 0 })], cursors.Entries);

        await PointAsync(writer, "ann", 2);
        await PointAsync(writer, "ann", 3);
        await PointAsync(writer, "bob", 4);
        await PointAsync(writer, "bob", null);
        await Expect(cursors, "ann 3", "old 1");
        await writer.Boards.CloseAsync();
        await Expect(cursors, "old 1");
    }

    [SkippableFact, Trait("Rule", "P10"), Trait("Rule", "P11")]
    public async Task The_entries_of_a_node_that_is_killed_are_removed_on_the_others()
    {
        var nodes = await NodeProcess.StartAsync(3);
        try
        {
            await using var client = ClientOf(nodes[0]);
            using var viewers = client.Boards.Viewers(_key);
            using var cursors = client.Boards.Cursors(_key);
            await using var near = ClientOf(nodes[0]);
            await near.Boards.LoginAsync(new BoardLogin { UserId = "near" });
            using var first = near.Boards.Viewers(_key);
            await using var far = ClientOf(nodes[2]);
            await far.Boards.LoginAsync(new BoardLogin { UserId = "far" });
            using var second = far.Boards.Viewers(_key);
            using var secondCursors = far.Boards.Cursors(_key);
            await PointAsync(far, "far", 1);
            await PointAsync(far, "kept", 2, stays: true);
            await Expect(viewers, "far", "guest", "near");
            await Expect(second, "far", "guest", "near");
            await far.Boards.RenameAsync(new Viewing { BoardId = _key.BoardId, UserId = "very far" });
            await Expect(viewers, "guest", "near", "very far");
            await Expect(cursors, "far 1", "kept 2");

            nodes[2].Kill();

            await Expect(viewers, "guest", "near");
            await Expect(cursors, "kept 2");
            // The other survivor has the same list.
            await using var late = ClientOf(nodes[1]);
            using var third = late.Boards.Viewers(_key);
            await Expect(third, "guest", "guest", "near");
            await Expect(viewers, "guest", "guest", "near");
        }
        finally
        {
            await NodeProcess.EndAsync(nodes);
        }
    }

    private static Client ClientOf(NodeProcess node) => new(node.Address, new PikkuOptions { Reconnect = false });

    private Task<LabSetStateOutput> PointAsync(Client client, string name, int? x, bool stays = false) => client.Boards.PointAsync(
        new Pointing { BoardId = _key.BoardId, Name = name, Cursor = x is { } value ? new Cursor { X = value, Y = 0 } : null, Stays = stays });

    private static Task Expect(PikkuPresence<Viewer> viewers, params string[] names) => Eventually.Holds(
        () => viewers.Status == PikkuLiveStatus.Live && Names(viewers).SequenceEqual(names.Order()), $"{string.Join(", ", names)}; is {viewers.Status} {string.Join(", ", Names(viewers))}");

    private static IEnumerable<string> Names(PikkuPresence<Viewer> viewers) => viewers.Entries.Select(entry => entry.Info.UserId).Order();

    private static Task Expect(PikkuEntries<Cursor> cursors, params string[] texts) => Eventually.Holds(
        () => Texts(cursors).SequenceEqual(texts), $"{string.Join(", ", texts)}; is {string.Join(", ", Texts(cursors))}");

    private static IEnumerable<string> Texts(PikkuEntries<Cursor> cursors) => cursors.Entries.Select(entry => $"{entry.Key} {entry.Value.X}").Order();
}
